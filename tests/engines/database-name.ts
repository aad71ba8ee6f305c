import { randomBytes } from 'node:crypto'

/** Marks what the tests made, on a server that may hold a developer's own databases. */
const PREFIX = 'mindmesh_test'

/** A run of the whole suite takes minutes; what is older than this was left behind. */
const MAX_AGE_SECONDS = 60 * 60

/** A name for the databases of one run of the tests. */
export function newRunId(): string {
  return randomBytes(4).toString('hex')
}

/** A name that no other database has; it tells its run and when it was made. */
export function newDatabaseName(runId: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000)
  return [PREFIX, runId, seconds.toString(36), randomBytes(4).toString('hex')].join('_')
}

/** Whether a database was made by this run. */
export function isOfRun(name: string, runId: string): boolean {
  return name.startsWith(`${PREFIX}_${runId}_`)
}

/** Whether a run that was killed left this database behind. */
export function isLeftOver(name: string, now: Date): boolean {
  const made = new RegExp(`^${PREFIX}_[0-9a-f]{8}_([0-9a-z]+)_[0-9a-f]{8}$`).exec(name)?.[1]
  if (made === undefined) return false
  return now.getTime() / 1000 - Number.parseInt(made, 36) > MAX_AGE_SECONDS
}
