import { createHash } from 'node:crypto'
import type { PasswordHasher } from '../ports/services.ts'

/** A password hash that costs nothing, for tests of everything but passwords. Never use it for people. */
export function fastHasher(): PasswordHasher {
  return {
    hash: async (password) => digest(password),
    verify: async (hash, password) => hash === digest(password),
    needsRehash: () => false,
    decoyHash: () => 'test$decoy',
  }
}

function digest(password: string): string {
  return `test$${createHash('sha256').update(password).digest('hex')}`
}
