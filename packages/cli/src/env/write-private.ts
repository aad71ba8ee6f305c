import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Replaces a file as a whole, readable by this user only: a crash leaves the old one or the new one. */
export function replacePrivate(path: string, text: string): void {
  const fresh = `${path}.${process.pid}.new`
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' })
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}
