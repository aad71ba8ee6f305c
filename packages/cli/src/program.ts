import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addDoctor } from './commands/doctor.ts'
import { addEvents } from './commands/events.ts'
import { addImport } from './commands/import.ts'
import { addInit } from './commands/init.ts'
import { addMail } from './commands/mail.ts'
import { addMigrate } from './commands/migrate.ts'
import { addPrune } from './commands/prune.ts'
import { addRotateSecret } from './commands/rotate-secret.ts'
import { addSecret } from './commands/secret.ts'
import { addSessions } from './commands/sessions.ts'
import { addUsers } from './commands/users.ts'

/** Every command with its flags. Errors of usage are thrown, not exited with. */
export function createProgram(): Command {
  const program = new Command('mindmesh')
    .description('Sets Mindmesh Auth up and looks after it.')
    .version(version())
    .option('-c, --config <file>', 'the set-up file (default: mindmesh.config.ts, .mts, .js, .mjs)')
    // Not --env-file: Node 20 takes that for its own, wherever it stands.
    .option('--dotenv <file>', 'variables to read before (default: .env, where it is there)')
    .option('--json', 'results as JSON, for programs')
    .configureHelp({ showGlobalOptions: true })
    // What is wrong with a flag is told with all other failures.
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
  const add = [
    addInit,
    addMigrate,
    addDoctor,
    addSecret,
    addRotateSecret,
    addUsers,
    addSessions,
    addEvents,
    addMail,
    addPrune,
    addImport,
  ]
  for (const addTo of add) addTo(program)
  return program
}

function version(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}
