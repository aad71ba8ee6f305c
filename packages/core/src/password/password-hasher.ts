import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import type { Config } from '../config.ts'
import type { PasswordHasher } from '../ports/services.ts'
import { parseStoredHash, type StoredHash } from './hash-formats.ts'
import { createWorkQueue } from './work-queue.ts'

/**
 * argon2id for every new hash (OWASP Password Storage Cheat Sheet; ASVS 11.4.2). bcrypt (the original's) and the
 * scrypt of Lucia and Better Auth verify, and ask to be replaced. All of it runs off the event loop and through
 * one bounded queue.
 */
export function argon2idHasher(config: Config['argon2']): PasswordHasher {
  const queue = createWorkQueue(config)
  const cost = {
    memoryCost: config.memoryKiB,
    timeCost: config.iterations,
    parallelism: config.parallelism,
  }
  const decoy = createDecoy(config)
  // Begun here and awaited with the first password: the native part takes longer to load than all the rest, so
  // importing the library stays cheap and nobody waits for it. A failure is told to whoever hashes first.
  const argon2 = import('@node-rs/argon2')
  argon2.catch(() => undefined)
  return {
    hash: (password) => queue.run(async () => (await argon2).hash(password, cost)),
    async verify(hash, password) {
      const stored = parseStoredHash(hash)
      return stored !== null && (await queue.run(async () => verifyStored(stored, hash, password)))
    },
    accepts: (hash) => parseStoredHash(hash) !== null,
    needsRehash(hash) {
      const stored = parseStoredHash(hash)
      return !(
        stored?.kind === 'argon2id' &&
        stored.memoryKiB === config.memoryKiB &&
        stored.iterations === config.iterations &&
        stored.parallelism === config.parallelism
      )
    },
    decoyHash: () => decoy,
  }
}

/** A well-formed hash of the configured cost whose result is random: no password is known to fit. */
function createDecoy(config: Config['argon2']): string {
  const cost = `m=${config.memoryKiB},t=${config.iterations},p=${config.parallelism}`
  return `$argon2id$v=19$${cost}$${randomPart(16)}$${randomPart(32)}`
}

function randomPart(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '')
}

async function verifyStored(stored: StoredHash, hash: string, password: string): Promise<boolean> {
  switch (stored.kind) {
    case 'argon2id': {
      const argon2 = await import('@node-rs/argon2')
      return argon2.verify(hash, password)
    }
    case 'bcrypt': {
      // Only apps that move in need it.
      const bcrypt = await import('@node-rs/bcrypt')
      return bcrypt.verify(password, hash)
    }
    case 'scrypt':
      return timingSafeEqual(await scryptKey(password, stored.salt), stored.key)
  }
}

const derive: (
  password: string,
  salt: string,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer> = promisify(scrypt)

/** N = 16384, r = 16, p = 1 over the salt's text and the password in NFKC, as both libraries do. */
async function scryptKey(password: string, salt: string): Promise<Buffer> {
  const options = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }
  return derive(password.normalize('NFKC'), salt, 64, options)
}
