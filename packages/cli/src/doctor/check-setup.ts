import { CommandError } from '../exit.ts'
import type { MindmeshSetup } from '../setup/define-setup.ts'
import { loadSetup } from '../setup/load-setup.ts'
import { fine, type Finding } from './finding.ts'

/** The set-up, if it could be loaded, and what is to be said of that. */
export interface LoadedSetup {
  readonly setup: MindmeshSetup | null
  readonly findings: readonly Finding[]
}

/** Loads the app's set-up; every mistake that its construction names is a finding. */
export async function checkSetup(file: string | undefined): Promise<LoadedSetup> {
  try {
    return { setup: await loadSetup(file), findings: [fine('setup', 'the set-up file loads')] }
  } catch (error) {
    return { setup: null, findings: findingsOf(error) }
  }
}

function findingsOf(error: unknown): readonly Finding[] {
  if (error instanceof CommandError) {
    return [{ check: 'setup', level: 'error', message: error.message, mend: null }]
  }
  const problems = problemsOf(error)
  if (problems !== null) {
    return problems.map(({ field, message }) => {
      const [what = message, ...mend] = message.split('; ')
      const text = mend.join('; ')
      const hint =
        text === '' ? 'See docs/configuration.md.' : `${text[0]?.toUpperCase()}${text.slice(1)}`
      return { check: 'setup', level: 'error', message: `${field} ${what}.`, mend: hint }
    })
  }
  const told = error instanceof Error ? `${error.name}: ${error.message}` : 'something was thrown'
  const message = `The set-up file does not load. ${told}`
  return [{ check: 'setup', level: 'error', message, mend: 'Run it by itself to see where.' }]
}

/** By its shape: the app may have another copy of the library than this command. */
function problemsOf(
  error: unknown,
): readonly { readonly field: string; readonly message: string }[] | null {
  if (!(error instanceof Error) || error.name !== 'ConfigError') return null
  return 'problems' in error && Array.isArray(error.problems) ? error.problems : null
}
