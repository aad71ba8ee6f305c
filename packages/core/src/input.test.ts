import { expect, test } from 'vitest'
import { parseEmail } from './input.ts'

test.each([
  ['Anna@Example.COM', 'anna@example.com'],
  ['  anna@example.com ', 'anna@example.com'],
  ['anna@BÜCHER.example', 'anna@xn--bcher-kva.example'],
  ['anna@ｅｘａｍｐｌｅ.com', 'anna@example.com'],
  ['anna@xn--bcher-kva.example', 'anna@xn--bcher-kva.example'],
])('parseEmail: %j is the address %j', (written, canonical) => {
  expect(parseEmail(written)).toEqual({ canonical, display: written.trim() })
})

// A URL parser would read an owner's domain out of each of these: whoever wrote it would take their address.
test.each([
  'victim@example.com#x',
  'victim@example.com/x',
  'victim@example.com?x',
  'victim@example.com:25',
  'victim@ex%61mple.com',
  'victim@ex%61mplé.com',
  'victim@exämple.com／x',
  'victim@example.com\\x',
  'victim@x@example.com',
  'victim@127.1\u00e9/',
  'victim@[127.0.0.1]',
  '"victim"@example.com',
  'victim@example..com',
  'victim@-example.com',
  'victim@',
  '@example.com',
])('parseEmail: %j is refused', (written) => {
  expect(() => parseEmail(written)).toThrow(
    expect.objectContaining({ code: 'invalid_input', field: 'email', reason: 'not_an_address' }),
  )
})
