import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import type { Random } from '../ports/services.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts and authenticates a text (AES-256-GCM, NIST SP 800-38D). `context` is bound to it: the sealed text
 * opens nowhere else. Returns base64url of nonce, ciphertext and tag.
 */
export function seal(key: KeyObject, random: Random, context: string, text: string): string {
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context, 'utf8'))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
}

/** Opens what {@link seal} made under one of these keys, or `null` where none fits or it was changed. */
export function unseal(keys: readonly KeyObject[], context: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null
  for (const key of keys) {
    const text = tryOpen(key, context, bytes)
    if (text !== null) return text
  }
  return null
}

function tryOpen(key: KeyObject, context: string, bytes: Buffer): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(context, 'utf8')).setAuthTag(bytes.subarray(-TAG_BYTES))
    const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES)
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
