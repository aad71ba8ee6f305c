import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { Option, type Command } from 'commander'
import { action, type Report, type Run } from '../action.ts'
import { editEnv, type EnvChanges } from '../env/edit-env.ts'
import { freshSecret, SECRET_NAMES, type SecretKind } from '../env/secrets.ts'
import { replacePrivate } from '../env/write-private.ts'
import { CommandError, usageError } from '../exit.ts'
import { ENV_FILE } from '../setup/load-env-file.ts'
import { confirmed } from '../terminal/confirm.ts'

interface RotateOptions {
  readonly only?: SecretKind
  readonly leaked?: boolean
  readonly finish?: boolean
  readonly yes?: boolean
}

type Kinds = readonly SecretKind[]

/** Adds `mindmesh rotate-secret`. */
export function addRotateSecret(program: Command): void {
  program
    .command('rotate-secret')
    .description(
      'Put fresh secrets into the .env file; the ones before stay accepted until --finish.',
    )
    .addOption(new Option('--only <secret>', 'one of the two').choices(['jwt', 'refresh']))
    .option('--leaked', 'do not keep the secrets of before: whoever has them has nothing')
    .option('--finish', 'take out the secrets of before')
    .option('-y, --yes', 'do not ask')
    .action(action<RotateOptions>(async (run) => rotateSecret(run)))
}

async function rotateSecret(run: Run<RotateOptions>): Promise<Report> {
  const { options, terminal } = run
  if (options.leaked === true && options.finish === true) {
    throw usageError('--leaked keeps no secret of before, so there is nothing to --finish.')
  }
  const file = options.dotenv ?? ENV_FILE
  const path = resolve(file)
  if (!existsSync(path)) throw usageError(`There is no file ${file}.`)
  const kinds: Kinds = options.only === undefined ? ['jwt', 'refresh'] : [options.only]
  const text = readFileSync(path, 'utf8')
  const { changes, question, after } = planOf(options, parseEnv(text), kinds)
  const edited = editEnv(text, changes)
  await confirmed(terminal, { yes: options.yes, question: `${question} (${file})` })
  // The question may have stood there for long.
  if (readFileSync(path, 'utf8') !== text) {
    throw new CommandError('changed', `${file} was changed meanwhile. Nothing was done.`)
  }
  replacePrivate(path, edited)
  const data = { file, changed: Object.keys(changes) }
  return { data, text: `Changed in ${file}: ${data.changed.join(', ')}.\n${after}` }
}

interface Plan {
  readonly changes: EnvChanges
  readonly question: string
  /** What is to be done next. */
  readonly after: string
}

function planOf(
  options: RotateOptions,
  env: Readonly<Record<string, string | undefined>>,
  kinds: Kinds,
): Plan {
  if (options.finish === true) return finish(env, kinds)
  const missing = kinds.map((kind) => SECRET_NAMES[kind]).filter((name) => !env[name])
  if (missing.length > 0) {
    const message = `${missing.join(' and ')} is not in the file. Where your secrets are kept elsewhere, make one with: mindmesh secret`
    throw new CommandError('no_secret', message)
  }
  if (options.leaked === true) return replaceLeaked(kinds)
  const [torn] = kinds.map((kind) => SECRET_NAMES[kind]).filter((name) => env[name]?.includes(','))
  if (torn !== undefined) {
    const message = `${torn} has a comma in it, so it cannot stand in ${torn}_PREVIOUS, which commas separate. Keep it by the option previousJwtSecrets or previousRefreshSecrets, and change it by hand.`
    throw new CommandError('not_keepable', message)
  }
  return replaceKeeping(env, kinds)
}

function finish(env: Readonly<Record<string, string | undefined>>, kinds: Kinds): Plan {
  const names = kinds.map(previousName).filter((name) => env[name] !== undefined)
  if (names.length === 0)
    throw new CommandError('nothing_to_finish', 'No secret of before is left.')
  return {
    changes: Object.fromEntries(names.map((name) => [name, null])),
    question: 'Take out the secrets of before? What was made under them ends.',
    after: 'Restart the app.',
  }
}

function replaceLeaked(kinds: Kinds): Plan {
  const changes = kinds.flatMap((kind) => [
    [SECRET_NAMES[kind], freshSecret()] as const,
    [previousName(kind), null] as const,
  ])
  return {
    changes: Object.fromEntries(changes),
    question:
      'Replace the secrets at once? Sessions, codes, links and waiting mail made under them end.',
    after: 'Restart the app: from then on nothing made under the secrets of before is accepted.',
  }
}

function replaceKeeping(env: Readonly<Record<string, string | undefined>>, kinds: Kinds): Plan {
  const changes = kinds.flatMap((kind) => {
    const name = SECRET_NAMES[kind]
    const before = [env[name], env[previousName(kind)]].filter((value) => value !== undefined)
    return [
      [name, freshSecret()] as const,
      [previousName(kind), before.filter((value) => value !== '').join(',')] as const,
    ]
  })
  return {
    changes: Object.fromEntries(changes),
    question: 'Put fresh secrets in place? Those of before stay accepted.',
    after:
      'Restart the app: nobody is signed out. After 72 hours (the longer of sessionIdleHours and emailUndoHours), run: mindmesh rotate-secret --finish',
  }
}

function previousName(kind: SecretKind): string {
  return `${SECRET_NAMES[kind]}_PREVIOUS`
}
