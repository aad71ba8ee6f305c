import { randomBytes } from 'node:crypto'
import type { Random } from '@mindmesh/auth'

/** What the codes and the tokens of links are with {@link knownRandom}. */
export const KNOWN_CODE = '000000'
export const KNOWN_TOKEN = 'A'.repeat(43)

/** Makes codes and tokens that a test knows, also where no mail tells of them; the rest is random. */
export const knownRandom: Random = {
  bytes: (length) => (length === 6 || length === 32 ? Buffer.alloc(length) : randomBytes(length)),
}
