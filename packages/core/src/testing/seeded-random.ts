import { createHash } from 'node:crypto'
import type { Random } from '../ports/services.ts'

/** The same bytes for the same seed: for tests that must repeat exactly, never for anything else. */
export function seededRandom(seed: string): Random {
  let counter = 0
  const block = (): Buffer => {
    counter += 1
    return createHash('sha256').update(`${seed}:${counter}`).digest()
  }
  return {
    bytes(length) {
      const blocks = Array.from({ length: Math.ceil(length / 32) }, block)
      return Buffer.concat(blocks).subarray(0, length)
    },
  }
}
