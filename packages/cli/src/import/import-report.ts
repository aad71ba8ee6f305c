import type { ImportOutcome } from '@mindmesh/auth'

/** How an import went. */
export interface ImportCounts {
  readonly imported: number
  readonly present: number
  readonly emailTaken: number
  readonly accountTaken: number
  readonly invalid: number
  /** Deleted there, or without an address. */
  readonly skipped: number
  /** Imported, but with a hash that cannot be verified: they set a password by a reset. */
  readonly passwordsDropped: number
}

/** Nothing yet. */
export const NOTHING: ImportCounts = {
  imported: 0,
  present: 0,
  emailTaken: 0,
  accountTaken: 0,
  invalid: 0,
  skipped: 0,
  passwordsDropped: 0,
}

const COUNTED = {
  imported: 'imported',
  present: 'present',
  email_taken: 'emailTaken',
  account_taken: 'accountTaken',
  invalid: 'invalid',
} as const satisfies Record<ImportOutcome['status'], keyof ImportCounts>

/** Adds a batch. */
export function counted(
  counts: ImportCounts,
  { outcomes, skipped }: { readonly outcomes: readonly ImportOutcome[]; readonly skipped: number },
): ImportCounts {
  const next = { ...counts, skipped: counts.skipped + skipped }
  for (const { status, isPasswordDropped } of outcomes) {
    next[COUNTED[status]] += 1
    if (isPasswordDropped && status === 'imported') next.passwordsDropped += 1
  }
  return next
}

/** How many were looked at. */
export function seen(counts: ImportCounts): number {
  const { imported, present, emailTaken, accountTaken, invalid, skipped } = counts
  return imported + present + emailTaken + accountTaken + invalid + skipped
}

/** How many are not here now, and should be. */
export function refused({ emailTaken, accountTaken, invalid }: ImportCounts): number {
  return emailTaken + accountTaken + invalid
}
