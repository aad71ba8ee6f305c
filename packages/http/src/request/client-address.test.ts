import { expect, test } from 'vitest'
import { clientAddress, normaliseAddress } from './client-address.ts'

test.each([
  ['192.0.2.1', '192.0.2.1'],
  [' 192.0.2.1:8080 ', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:C000:201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
  ['[2001:DB8::1]:443', '2001:db8::1'],
  ['2001:0db8:0000::0001', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::1', '::1'],
  ['', null],
  ['unknown', null],
  ['192.0.2', null],
  ['192.0.2.1.1', null],
  ['192.0.2.1, 10.0.0.1', null],
  ['evil.example', null],
])('normaliseAddress: %j is %j', (text, address) => {
  expect(normaliseAddress(text)).toBe(address)
})

test('clientAddress: whatever a client forges stands left of what is believed', () => {
  const peer = '10.0.0.9'
  for (const forged of ['', '1.1.1.1', '1.1.1.1, 2.2.2.2', ',,,', 'x'.repeat(5000)]) {
    const forwardedFor = [forged, '198.51.100.7', '10.0.0.1'].filter((p) => p !== '').join(', ')
    expect(clientAddress({ peer, forwardedFor, trustedProxies: 2 })).toBe('198.51.100.7')
    expect(clientAddress({ peer, forwardedFor, trustedProxies: 0 })).toBe(peer)
  }
})
