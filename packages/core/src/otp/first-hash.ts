import type { SecretHash } from '../ports/entities.ts'

/** The hash under the key that signs: what is stored. The others are only looked up. */
export function firstHash(hashes: readonly SecretHash[]): SecretHash {
  const [first] = hashes
  if (first === undefined) throw new RangeError('There is always a key that signs.')
  return first
}
