import { resolve } from 'node:path'
import type { Command } from 'commander'
import { action, type Report, type Run } from '../action.ts'
import { checkDatabase } from '../doctor/check-database.ts'
import { checkEnvironment } from '../doctor/check-environment.ts'
import { checkMailer, checkOutbox } from '../doctor/check-mail.ts'
import { checkProxies } from '../doctor/check-proxies.ts'
import { checkSecrets } from '../doctor/check-secrets.ts'
import { checkSetup } from '../doctor/check-setup.ts'
import type { Finding, Level } from '../doctor/finding.ts'
import { EXIT } from '../exit.ts'
import type { SetupInstance } from '../setup/define-setup.ts'
import { ENV_FILE, loadEnv } from '../setup/load-env-file.ts'
import { printable } from '../terminal/printable.ts'
import type { Colours } from '../terminal/terminal.ts'

interface DoctorOptions {
  readonly strict?: boolean
}

/** Adds `mindmesh doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'Look for what is wrong, and say how to mend it. Exit code 1 where there is an error.',
    )
    .option('--strict', 'exit code 1 for warnings too')
    .action(action<DoctorOptions>(async (run) => doctor(run)))
}

async function doctor({ options, terminal }: Run<DoctorOptions>): Promise<Report> {
  loadEnv(options.dotenv)
  const { setup, findings } = await checkSetup(options.config)
  const all: Finding[] = [
    ...checkEnvironment(resolve(options.dotenv ?? ENV_FILE)),
    ...checkSecrets(process.env),
    ...findings,
  ]
  if (setup !== null) {
    try {
      all.push(...(await checkApp(setup.mindmesh)))
    } finally {
      await setup.mindmesh.close()
      await setup.close?.()
    }
  }
  const bad: readonly Level[] = options.strict === true ? ['error', 'warning'] : ['error']
  const isWell = !all.some(({ level }) => bad.includes(level))
  return {
    data: { ok: isWell, findings: all },
    text: all.map((finding) => lineOf(terminal.colours, finding)).join('\n'),
    exitCode: isWell ? EXIT.done : EXIT.failed,
  }
}

async function checkApp(mindmesh: SetupInstance): Promise<readonly Finding[]> {
  const database = await checkDatabase(mindmesh)
  const mailer = await checkMailer(mindmesh)
  // What follows reads the tables.
  if (database.some(({ check, level }) => check === 'database' && level === 'error')) {
    return [...database, mailer]
  }
  return [...database, mailer, ...(await checkOutbox(mindmesh)), await checkProxies(mindmesh)]
}

function lineOf(colours: Colours, { check, level, message, mend }: Finding): string {
  const mark = {
    ok: colours.green('ok     '),
    note: colours.dim('note   '),
    warning: colours.yellow('warning'),
    error: colours.red('error  '),
  }[level]
  const hint = mend === null ? '' : `\n         ${colours.dim('mend:')} ${printable(mend)}`
  return `${mark}  ${check}: ${printable(message)}${hint}`
}
