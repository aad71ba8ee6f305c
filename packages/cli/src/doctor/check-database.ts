import type { SetupInstance } from '../setup/define-setup.ts'
import { fine, type Finding } from './finding.ts'

/** A code of 5 minutes and tokens of 15 bear this much. */
const WARN_MS = 2000
const ERROR_MS = 30_000

/** Whether the database answers, has the tables that are needed, and has the same time. */
export async function checkDatabase(mindmesh: SetupInstance): Promise<readonly Finding[]> {
  const { maintenance } = mindmesh
  try {
    const skew = await maintenance.clockSkew()
    const problems = await maintenance.checkSchema()
    const pending = (await maintenance.migrations())?.filter(({ isApplied }) => !isApplied) ?? []
    return [
      ...(pending.length > 0 ? [notApplied(pending.map(({ name }) => name))] : []),
      ...schemaFindings(problems),
      clockFinding(skew),
    ]
  } catch (error) {
    return [unreachable(error)]
  }
}

function notApplied(names: readonly string[]): Finding {
  const message = `Not applied: ${names.join(', ')}.`
  return { check: 'database', level: 'error', message, mend: 'mindmesh migrate' }
}

function schemaFindings(
  problems: readonly { readonly field: string; readonly message: string }[],
): readonly Finding[] {
  if (problems.length === 0)
    return [fine('database', 'reachable, and its tables are as they must be')]
  return problems.map(({ field, message }) => {
    const [what = message, ...mend] = message.split('; ')
    const first = mend.length === 0 ? null : mend.join('; ')
    return { check: 'database', level: 'error', message: `${field} ${what}.`, mend: first }
  })
}

function clockFinding(skew: number | null): Finding {
  if (skew === null) {
    const message = 'The adapter cannot tell the time of the database.'
    return { check: 'clock', level: 'note', message, mend: null }
  }
  const size = Math.abs(skew)
  if (size <= WARN_MS) return fine('clock', `within ${WARN_MS / 1000} seconds of the database's`)
  return {
    check: 'clock',
    level: size > ERROR_MS ? 'error' : 'warning',
    message: `The database's clock is ${(size / 1000).toFixed(1)} seconds ${skew > 0 ? 'ahead of' : 'behind'} this machine's.`,
    mend: 'Keep the clocks of all machines by NTP: codes and tokens end by the clock of the app.',
  }
}

function unreachable(error: unknown): Finding {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return {
    check: 'database',
    level: 'error',
    message: `The database does not answer${code}.`,
    mend: 'Look whether it runs, and at the address and the password in the set-up file.',
  }
}
