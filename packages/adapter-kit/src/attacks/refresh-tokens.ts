import { expectEqual } from '../expect.ts'
import { attacksOf, type AttackCase } from './attack-case.ts'
import type { AttackContext } from './attack-context.ts'
import { expectRefused, outcomeOf } from './outcome-of.ts'

const ANNA = 'anna@example.com'

async function signedIn(c: AttackContext): Promise<{ id: string; refreshToken: string }> {
  const { id } = await c.register('anna')
  return { id, ...(await c.signIn(ANNA)) }
}

/** None is accepted, and none of them has ended the session. */
async function expectWorthless(c: AttackContext, forged: readonly string[]): Promise<void> {
  const { id, refreshToken } = await signedIn(c)
  for (const token of forged.map((text) => text.replaceAll('…', refreshToken))) {
    const call = async () => c.app.auth.refresh(token)
    await expectRefused(call, ['token_invalid', 'invalid_input'], token.slice(0, 300))
  }
  expectEqual((await c.app.session.list(id)).length, 1, 'sessions that are left')
  expectEqual(await outcomeOf(c.from().auth.refresh(refreshToken)), 'ok', 'the true token')
}

/** The token with some of its 96 bytes changed: session 16, generation 8, key 8, MAC 64. */
function changed(token: string, change: (bytes: Buffer) => void): string {
  const bytes = Buffer.from(token, 'base64url')
  change(bytes)
  return bytes.toString('base64url')
}

/** Attacks by forged, altered and stolen refresh tokens. */
export const refreshTokens: readonly AttackCase[] = attacksOf('refresh tokens', {
  'shows a refresh token that is cut off, doubled, padded or spelled otherwise': async (c) =>
    expectWorthless(c, [
      '……',
      '…A',
      ' …',
      '…=',
      'Bearer …',
      'A'.repeat(128),
      '-'.repeat(128),
      'A'.repeat(1_048_576),
    ]),
  'changes any byte of a refresh token': async (c) => {
    const { id, refreshToken } = await signedIn(c)
    for (let at = 0; at < 96; at += 1) {
      const forged = changed(refreshToken, (bytes) => bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at))
      await expectRefused(c.app.auth.refresh(forged), ['token_invalid'], `byte ${at}`)
    }
    expectEqual((await c.app.session.list(id)).length, 1, 'sessions that are left')
  },
  'makes the successor of a refresh token by counting on': async (c) => {
    const { id, refreshToken } = await signedIn(c)
    for (const generation of [0n, 2n, 3n, 2n ** 53n, 2n ** 64n - 1n]) {
      const forged = changed(refreshToken, (bytes) => bytes.writeBigUInt64BE(generation, 16))
      await expectRefused(c.app.auth.refresh(forged), ['token_invalid'], `generation ${generation}`)
    }
    expectEqual((await c.app.session.list(id)).length, 1, 'sessions that are left')
  },
  'puts another session’s name on an own refresh token': async (c) => {
    const { id, refreshToken } = await signedIn(c)
    await c.register('thief')
    const own = await c.signIn('thief@example.com')
    const session = Buffer.from(refreshToken, 'base64url').subarray(0, 24)
    const forged = changed(own.refreshToken, (bytes) => session.copy(bytes))
    await expectRefused(c.from().auth.refresh(forged), ['token_invalid'], 'the forged token')
    expectEqual((await c.app.session.list(id)).length, 1, 'sessions that are left')
  },
  'shows a refresh token that another deployment made': async (c) => {
    const { refreshToken } = await signedIn(c)
    const other = c.another({ refreshSecret: 'another refresh secret, of another place' })
    await expectRefused(other.auth.refresh(refreshToken), ['token_invalid'], 'the token')
    await other.close()
  },
  'keeps a stolen refresh token and uses it later': async (c) => {
    const { id, refreshToken: stolen } = await signedIn(c)
    const { refreshToken } = await c.app.auth.refresh(stolen)
    c.clock.advance({ minutes: 5 })
    await expectRefused(c.from().auth.refresh(stolen), ['session_revoked'], 'the stolen token')
    await expectRefused(c.app.auth.refresh(refreshToken), ['session_revoked'], 'the owner’s token')
    expectEqual(await c.app.session.list(id), [], 'sessions that are left')
    expectEqual((await c.events('REFRESH_TOKEN_REUSED')).length, 1, 'events')
  },
  'uses a stolen refresh token before its owner does': async (c) => {
    const { id, refreshToken: stolen } = await signedIn(c)
    const thief = await c.from().auth.refresh(stolen)
    c.clock.advance({ minutes: 5 })
    await expectRefused(c.app.auth.refresh(stolen), ['session_revoked'], 'the owner’s token')
    await expectRefused(
      c.from().auth.refresh(thief.refreshToken),
      ['session_revoked'],
      'the thief’s',
    )
    expectEqual(await c.app.session.list(id), [], 'sessions that are left')
  },
  'keeps a session alive for ever by refreshing it': async (c) => {
    let { refreshToken } = await signedIn(c)
    let rounds = 0
    while (rounds < 1000) {
      c.clock.advance({ hours: 24 })
      const outcome = await outcomeOf(async () => {
        ;({ refreshToken } = await c.from().auth.refresh(refreshToken))
      })
      if (outcome !== 'ok') break
      rounds += 1
    }
    expectEqual(rounds < 401, true, `whether ${rounds} days are within the longest that can be set`)
  },
})
