import { chownSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'

/**
 * Replaces a file as a whole, readable by its owner only: a crash leaves the old one or the new one. A link stays a
 * link, and the file stays with its owner: the app must be able to read what an administrator changed.
 */
export function replacePrivate(path: string, text: string): void {
  const before = statSync(path, { throwIfNoEntry: false })
  const target = before === undefined ? path : realpathSync(path)
  const fresh = `${target}.${process.pid}.new`
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' })
    if (before !== undefined && process.getuid?.() !== before.uid) {
      chownSync(fresh, before.uid, before.gid)
    }
    renameSync(fresh, target)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}
