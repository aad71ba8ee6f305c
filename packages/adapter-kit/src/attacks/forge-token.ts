import { createHmac } from 'node:crypto'

/** What a token is made of. */
export interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims: unknown
  readonly secret: string
  /** @default 'sha256' */
  readonly hash?: 'sha256' | 'sha384' | 'sha512'
}

const HS256 = { alg: 'HS256', typ: 'JWT' }

/** A JWT with whatever header, claims and key. */
export function forgeToken({ header = HS256, claims, secret, hash = 'sha256' }: Forgery): string {
  const body = `${encode(header)}.${encode(claims)}`
  return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`
}

/** A part of a token. */
export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

/** The claims of a token, whoever signed it. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return { ...Object(parsed) }
}
