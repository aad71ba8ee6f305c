import type { ImportOutcome, UserToImport } from '@mindmesh/auth'
import { CommandError } from '../exit.ts'
import type { SetupInstance } from '../setup/define-setup.ts'

/** Imports some people as one step. */
export type ImportStep = (people: readonly UserToImport[]) => Promise<readonly ImportOutcome[]>

interface StepOptions {
  readonly source: string
  readonly dryRun: boolean
}

/**
 * Steps in which somebody whom the app's own columns refuse, a name that is missing for one, keeps none of the others
 * out. Where everybody is refused it is no affair of theirs: then the step fails as the database did.
 */
export function importStep({ maintenance }: SetupInstance, options: StepOptions): ImportStep {
  const some: ImportStep = async (people) => {
    try {
      return await maintenance.importUsers(people, options)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'StoreError') throw error
      if (people.length > 1) {
        const middle = Math.ceil(people.length / 2)
        return [...(await some(people.slice(0, middle))), ...(await some(people.slice(middle)))]
      }
      // Fails as well where it is the database that is away.
      const trial = await maintenance.importUsers(people, { ...options, dryRun: true })
      return trial.map((outcome) => ({ ...outcome, ...REFUSED }))
    }
  }
  return async (people) => {
    const outcomes = await some(people)
    const isSomebodyFine = outcomes.some(({ reason }) => reason !== REFUSED.reason)
    if (outcomes.length === 0 || isSomebodyFine) return outcomes
    return maintenance.importUsers(people, options)
  }
}

const REFUSED = {
  userId: null,
  status: 'invalid',
  field: 'profile',
  reason: 'refused_by_database',
} as const

/**
 * Throws where a column that is to be filled is none of the app's: the adapter would leave it out in silence. Only seen
 * on somebody who is there.
 */
export async function assertOwnColumns(
  { user: users }: SetupInstance,
  names: Iterable<string>,
): Promise<void> {
  const { items } = await users.list({ limit: 1 })
  const [somebody] = items
  if (somebody === undefined) return
  const missing = [...names].find((name) => !(name in somebody))
  if (missing === undefined) return
  throw new CommandError('no_column', `Your users have no column ${missing}.`)
}
