import { createPrivateKey } from 'node:crypto'
import { ConfigError } from '@mindmesh/auth/ports'

/** A private key given as PEM text in the form that Web Crypto reads. Throws a `ConfigError` that names `field`. */
export function pkcs8Of(privateKey: string, field: string): Uint8Array {
  try {
    return createPrivateKey(privateKey).export({ format: 'der', type: 'pkcs8' })
  } catch {
    // No cause: it could hold a part of the key.
    throw new ConfigError([
      { field, message: 'is not a private key; give the text of the .p8 file' },
    ])
  }
}
