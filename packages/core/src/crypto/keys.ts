import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import type { SecretHash } from '../ports/entities.ts'

/** What is derived from one refresh secret (HKDF, RFC 5869), a key for each use. */
export interface DerivedKeys {
  /** Names the key inside a refresh token: 8 bytes that tell nothing about it. */
  readonly refreshKeyId: Buffer
  readonly refresh: KeyObject
  readonly codes: KeyObject
  readonly outbox: KeyObject
  readonly subjects: KeyObject
  /** Seals what a code's row keeps for its flow. */
  readonly payloads: KeyObject
}

/** All keys of an instance. The first of each list signs; the rest are accepted until they are taken out. */
export interface Keys {
  /** `AUTH_JWT_SECRET` itself, so that any JWT library verifies our tokens; it has no other use. */
  readonly access: readonly [KeyObject, ...KeyObject[]]
  readonly derived: readonly [DerivedKeys, ...DerivedKeys[]]
}

/** Derives every key once, when the instance is made. */
export function deriveKeys(secrets: {
  readonly jwtSecrets: readonly [string, ...string[]]
  readonly refreshSecrets: readonly [string, ...string[]]
}): Keys {
  const [jwt, ...olderJwt] = secrets.jwtSecrets
  const [refresh, ...olderRefresh] = secrets.refreshSecrets
  return {
    access: [accessKey(jwt), ...olderJwt.map(accessKey)],
    derived: [deriveFrom(refresh), ...olderRefresh.map(deriveFrom)],
  }
}

function accessKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret, 'utf8'))
}

function deriveFrom(secret: string): DerivedKeys {
  const derive = (use: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `mindmesh-auth/v1/${use}`, length))
  const key = (use: string): KeyObject => createSecretKey(derive(use, 32))
  return {
    refreshKeyId: derive('refresh-key-id', 8),
    refresh: key('refresh'),
    codes: key('codes'),
    outbox: key('outbox'),
    subjects: key('subjects'),
    payloads: key('payloads'),
  }
}

function mac(key: KeyObject, parts: readonly string[]): string {
  // The length before each part keeps ("ab", "c") apart from ("a", "bc").
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:${part}`)
  return hmac.digest('base64url')
}

/** One for each accepted key. The first, under the key that signs, is what is stored; the others are only looked up. */
export type SecretHashes = readonly [SecretHash, ...SecretHash[]]

/** What a link's secret is stored as: the row is found by it. */
export function hashToken(keys: Keys, purpose: string, token: string): SecretHashes {
  return secretHashes(keys, ['token', purpose, token])
}

/** What a code is stored as. Bound to its row: the same digits elsewhere have another hash. */
export function hashCode(keys: Keys, codeId: string, code: string): SecretHashes {
  return secretHashes(keys, ['code', codeId, code])
}

/** A keyed stand-in for an address or other subject in tables that need not know it. */
export function hashSubject(keys: Keys, kind: string, value: string): string {
  return mac(keys.derived[0].subjects, [kind, value])
}

/** The stand-ins under every key that is accepted, that of {@link hashSubject} first: to find what stands already. */
export function hashSubjects(
  keys: Keys,
  kind: string,
  value: string,
): readonly [string, ...string[]] {
  const [first, ...older] = keys.derived
  const hash = (derived: DerivedKeys): string => mac(derived.subjects, [kind, value])
  return [hash(first), ...older.map(hash)]
}

function secretHashes(keys: Keys, parts: readonly string[]): SecretHashes {
  const [first, ...older] = keys.derived
  return [secretHash(first, parts), ...older.map((k) => secretHash(k, parts))]
}

function secretHash(keys: DerivedKeys, parts: readonly string[]): SecretHash {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the brand is given
  return mac(keys.codes, parts) as SecretHash
}
