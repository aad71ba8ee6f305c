import type { Context } from '../context.ts'
import { hashToken } from '../crypto/keys.ts'
import { AuthError } from '../errors.ts'
import type { CodeRecord } from '../ports/entities.ts'

/** The row of a link's token, still unused and valid; else `link_invalid` or `link_expired`. Uses nothing up. */
export async function findLink(
  context: Context,
  purpose: string,
  token: string,
): Promise<CodeRecord> {
  const secretHashes = hashToken(context.keys, purpose, token)
  const link = await context.store.codes.findByHash({ purpose, secretHashes })
  if (link === null) throw new AuthError('link_invalid')
  if (link.expiresAt <= context.clock.now()) throw new AuthError('link_expired')
  return link
}

/** Uses a link up. Of several calls at once one goes on; the others get `link_invalid`. */
export async function consumeLink(context: Context, link: CodeRecord): Promise<void> {
  const result = await context.store.codes.consume(
    { id: link.id, secretHashes: [link.secretHash], now: context.clock.now() },
    { consumed: {}, mismatch: {} },
  )
  if (result.status === 'expired') throw new AuthError('link_expired')
  if (result.status !== 'consumed') throw new AuthError('link_invalid')
}
