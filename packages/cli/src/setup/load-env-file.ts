import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadEnvFile } from 'node:process'
import { usageError } from '../exit.ts'

/** The file that is read where none is named. */
export const ENV_FILE = '.env'

/**
 * Reads variables from a file into the environment; those that are set already stay. A file that was named must be
 * there; `.env` may be missing.
 */
export function loadEnv(file: string | undefined): void {
  const path = resolve(file ?? ENV_FILE)
  if (existsSync(path)) loadEnvFile(path)
  else if (file !== undefined) throw usageError(`There is no file ${file}.`)
}
