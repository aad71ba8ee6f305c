import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * For trying out: secrets that are made once and kept in the folder. A real app has AUTH_JWT_SECRET and
 * AUTH_REFRESH_SECRET in its environment; then these are not used.
 */
export function developmentSecrets(folder: string): {
  readonly jwtSecret?: string
  readonly refreshSecret?: string
} {
  if (process.env['AUTH_JWT_SECRET'] && process.env['AUTH_REFRESH_SECRET']) return {}
  const path = join(folder, 'secrets.json')
  if (!existsSync(path)) {
    const made = JSON.stringify({ jwtSecret: newSecret(), refreshSecret: newSecret() })
    writeFileSync(path, made, { mode: 0o600 })
  }
  const { jwtSecret, refreshSecret }: { jwtSecret: string; refreshSecret: string } = JSON.parse(
    readFileSync(path, 'utf8'),
  )
  return { jwtSecret, refreshSecret }
}

function newSecret(): string {
  return randomBytes(48).toString('base64')
}
