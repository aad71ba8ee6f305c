import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Option, type Command } from 'commander'
import { action, type Report, type Run } from '../action.ts'
import { replacePrivate } from '../env/write-private.ts'
import { CommandError, usageError } from '../exit.ts'
import { answersFor, type InitFlags } from '../init/ask.ts'
import { drizzlePackages, drizzleSchema, drizzleSetup } from '../init/drizzle-files.ts'
import { envLines, ignoreLines } from '../init/env-lines.ts'
import { textAt, wholeFile, withLines, type InitAnswers, type PlannedFile } from '../init/plan.ts'
import { prismaFragments, prismaPackages, prismaSetup } from '../init/prisma-files.ts'
import { confirmed } from '../terminal/confirm.ts'

interface InitOptions extends InitFlags {
  readonly force?: boolean
}

/** Adds `mindmesh init`. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description(
      'Write the schema, the set-up file and an .env with fresh secrets into this folder.',
    )
    .addOption(new Option('--orm <orm>', 'what the app stores with').choices(['drizzle', 'prisma']))
    .addOption(
      new Option('--engine <engine>', 'where it stores').choices(['sqlite', 'postgres', 'mysql']),
    )
    .addOption(
      new Option(
        '--language <language>',
        'of the files (default: ts beside a tsconfig.json)',
      ).choices(['ts', 'js']),
    )
    .option('--client <module>', 'Prisma: the module that exports your client as `prisma`')
    .option('-f, --force', 'overwrite files that differ; never a secret')
    .action(action<InitOptions>(async (run) => init(run)))
}

async function init({ options, terminal }: Run<InitOptions>): Promise<Report> {
  const answers = await answersFor(terminal, options)
  const files = plannedFiles(answers)
  const differing = files.filter(({ kind }) => kind === 'overwrite').map(({ path }) => path)
  if (differing.length > 0 && options.force !== true) {
    const named = differing.join(', ')
    if (!terminal.isInteractive) {
      throw usageError(
        `There already, and different: ${named}. Nothing was written; give --force to overwrite.`,
      )
    }
    await confirmed(terminal, { yes: false, question: `Overwrite ${named}?` })
  }
  assertAsPlanned(files)
  for (const file of files) write(file)
  const packages = answers.orm === 'drizzle' ? drizzlePackages(answers.engine) : prismaPackages()
  const data = {
    files: files.map(({ path, kind }) => ({ path, done: kind })),
    packages,
  }
  return { data, text: textOf(answers, files, packages) }
}

function plannedFiles(answers: InitAnswers): readonly PlannedFile[] {
  const { orm, engine, language } = answers
  const extension = language === 'ts' ? 'ts' : 'mjs'
  const setup = `mindmesh.config.${extension}`
  const schema =
    orm === 'drizzle'
      ? [
          wholeFile(`auth-schema.${extension}`, drizzleSchema(engine)),
          wholeFile(setup, drizzleSetup(answers)),
        ]
      : [
          ...prismaFragments(engine).map(({ name, text }) => wholeFile(join('prisma', name), text)),
          wholeFile(setup, prismaSetup(answers)),
        ]
  // Where there is no git it may come, and the repository may begin further up. Before the secrets are there.
  const ignored = withLines('.gitignore', (text) => ignoreLines(text, engine))
  return [...schema, ignored, withLines('.env', (text) => envLines(text, answers))]
}

/** The question may have stood there for long, and what came to be in the meantime is not overwritten. */
function assertAsPlanned(files: readonly PlannedFile[]): void {
  const changed = files.find(({ path, before }) => textAt(path) !== before)
  if (changed === undefined) return
  throw new CommandError('changed', `${changed.path} was changed meanwhile. Nothing was done.`)
}

function write({ path, text, kind }: PlannedFile): void {
  if (kind === 'unchanged') return
  if (path === '.env') {
    replacePrivate(path, text)
    return
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { flag: kind === 'create' ? 'wx' : 'w' })
}

const DONE: Readonly<Record<PlannedFile['kind'], string>> = {
  create: 'written',
  unchanged: 'is as it should be',
  overwrite: 'overwritten',
  add: 'got the lines that it lacked',
}

function textOf(
  { orm }: InitAnswers,
  files: readonly PlannedFile[],
  packages: readonly string[],
): string {
  const migrate = orm === 'drizzle' ? 'npx mindmesh migrate' : 'npx prisma migrate dev'
  return [
    ...files.map(({ path, kind }) => `${path}: ${DONE[kind]}`),
    '',
    'Next:',
    `  npm install ${packages.join(' ')}`,
    `  ${migrate}`,
    '  npx mindmesh doctor',
  ].join('\n')
}
