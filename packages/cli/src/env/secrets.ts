import { randomBytes } from 'node:crypto'

/** 48 random bytes in 64 characters that need no quotes anywhere. */
export function freshSecret(): string {
  return randomBytes(48).toString('base64url')
}

/** The two secrets that an instance needs, by the names of their variables. */
export const SECRET_NAMES = { jwt: 'AUTH_JWT_SECRET', refresh: 'AUTH_REFRESH_SECRET' } as const

/** Which of the two. */
export type SecretKind = keyof typeof SECRET_NAMES

/** Why a secret would be guessed, or `null`: a text that only looks long has fewer different characters than it seems. */
export function weaknessOf(secret: string): string | null {
  if (Buffer.byteLength(secret) < 32) return 'has fewer than 32 bytes'
  if (/change.?me|your.?secret|example|password|development|placeholder/i.test(secret)) {
    return 'reads like a placeholder'
  }
  if (new Set(secret).size < 12) return 'repeats few characters'
  return isSequence(secret) ? 'is a run of neighbouring characters' : null
}

/** As in `abcdefgh…`: most characters follow the one before. */
function isSequence(secret: string): boolean {
  const bytes = Buffer.from(secret)
  const steps = bytes.subarray(1).filter((byte, n) => Math.abs(byte - (bytes[n] ?? 0)) <= 1)
  return steps.length > bytes.length / 2
}
