/** A stored hash whose form and cost are accepted. */
export type StoredHash =
  | {
      readonly kind: 'argon2id'
      readonly memoryKiB: number
      readonly iterations: number
      readonly parallelism: number
    }
  | { readonly kind: 'bcrypt' }
  | { readonly kind: 'scrypt'; readonly salt: string; readonly key: Buffer }

const ARGON2ID =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/
const BCRYPT = /^\$2[abxy]\$(\d{2})\$[./A-Za-z0-9]{53}$/
/** `salt:key` as Lucia 3 and Better Auth store it, `s2:salt:key` as Lucia 2 did; the key is 64 bytes in hex. */
const SCRYPT = /^(?:s2:)?([^:$]{8,64}):([0-9a-f]{128})$/

/** The largest costs that are worked out. A table that was tampered with must not be able to stop the server. */
const MAX_MEMORY_KIB = 262_144
const MAX_ITERATIONS = 10
const MAX_PARALLELISM = 8
const MAX_BCRYPT_COST = 14

/** Reads a stored hash, or `null` where its form is unknown or its cost absurd. Costs no hashing. */
export function parseStoredHash(hash: string): StoredHash | null {
  return parseArgon2id(hash) ?? parseBcrypt(hash) ?? parseScrypt(hash)
}

function parseArgon2id(hash: string): StoredHash | null {
  const match = ARGON2ID.exec(hash)
  if (match === null) return null
  const [memoryKiB = 0, iterations = 0, parallelism = 0] = match.slice(1).map(Number)
  const isAcceptable =
    memoryKiB >= 8 * parallelism &&
    memoryKiB <= MAX_MEMORY_KIB &&
    iterations >= 1 &&
    iterations <= MAX_ITERATIONS &&
    parallelism >= 1 &&
    parallelism <= MAX_PARALLELISM
  return isAcceptable ? { kind: 'argon2id', memoryKiB, iterations, parallelism } : null
}

function parseBcrypt(hash: string): StoredHash | null {
  const match = BCRYPT.exec(hash)
  const cost = Number(match?.[1] ?? 0)
  return cost >= 4 && cost <= MAX_BCRYPT_COST ? { kind: 'bcrypt' } : null
}

function parseScrypt(hash: string): StoredHash | null {
  const match = SCRYPT.exec(hash)
  if (match === null) return null
  return { kind: 'scrypt', salt: String(match[1]), key: Buffer.from(String(match[2]), 'hex') }
}
