import { randomBytes } from 'node:crypto'
import type { Random } from '../ports/services.ts'

/** The operating system's generator. */
export const systemRandom: Random = { bytes: (length) => randomBytes(length) }

/** 256 random bits as 43 characters of base64url: the secret of a link. */
export function randomToken(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url')
}

/**
 * A code of decimal digits, each value equally likely: numbers past the last whole multiple are thrown away
 * instead of being folded (NIST SP 800-63B-4 §3.1.3.1 asks for at least 6 digits).
 */
export function randomDigits(random: Random, digits: number): string {
  const range = 10 ** digits
  const limit = Math.floor(2 ** 48 / range) * range
  for (;;) {
    const number = Buffer.from(random.bytes(6)).readUIntBE(0, 6)
    if (number < limit) return (number % range).toString().padStart(digits, '0')
  }
}
