import type { Command } from 'commander'
import { appAction, type AppRun, type Report } from '../action.ts'
import { CommandError, EXIT } from '../exit.ts'
import { table } from '../terminal/table.ts'

interface MigrateOptions {
  readonly status?: boolean
  readonly dryRun?: boolean
}

type MigrationList = NonNullable<
  Awaited<ReturnType<AppRun<unknown>['mindmesh']['maintenance']['migrations']>>
>

/** Adds `mindmesh migrate`. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Make or update the tables: apply the migrations that the adapter ships.')
    .option('--status', 'only tell which migrations are applied; exit code 1 where one is not')
    .option('--dry-run', 'only print the SQL that would run')
    .action(appAction<MigrateOptions>(async (run) => migrate(run)))
}

async function migrate({ mindmesh, options, terminal }: AppRun<MigrateOptions>): Promise<Report> {
  const migrations = await mindmesh.maintenance.migrations()
  if (migrations === null) {
    const message =
      'This adapter ships no migrations. Change the tables with the tool of your ORM, for example: npx prisma migrate'
    throw new CommandError('no_migrations', message)
  }
  const pending = migrations.filter((migration) => !migration.isApplied)
  if (options.status === true) {
    const columns = [
      { heading: 'migration', text: (m: MigrationList[number]) => m.name },
      {
        heading: 'state',
        text: (m: MigrationList[number]) => (m.isApplied ? 'applied' : 'not applied'),
        paint: (m: MigrationList[number]) =>
          m.isApplied ? terminal.colours.green : terminal.colours.yellow,
      },
    ]
    return {
      data: migrations.map(({ name, isApplied }) => ({ name, isApplied })),
      text: table(terminal.colours, columns, migrations),
      exitCode: pending.length === 0 ? EXIT.done : EXIT.failed,
    }
  }
  if (options.dryRun === true) return dryRun(pending)
  const applied = (await mindmesh.maintenance.migrate()).map(({ name }) => name)
  const text =
    applied.length === 0 ? 'The tables are up to date.' : `Applied: ${applied.join(', ')}.`
  return { data: { applied }, text }
}

function dryRun(pending: MigrationList): Report {
  const data = pending.map(({ name, statements }) => ({ name, statements }))
  if (pending.length === 0) return { data, text: '-- The tables are up to date.' }
  const text = pending.map(
    ({ name, statements }) =>
      `-- ${name}\n${statements.map((statement) => `${statement.trim().replace(/;$/, '')};`).join('\n')}`,
  )
  return { data, text: text.join('\n\n') }
}
