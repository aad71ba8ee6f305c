import { existsSync } from 'node:fs'
import type { CANCEL_SYMBOL } from '@clack/prompts'
import { CommandError, EXIT, usageError } from '../exit.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { Engine, InitAnswers, Orm } from './plan.ts'

/** What flags may have said already. */
export interface InitFlags {
  readonly orm?: Orm
  readonly engine?: Engine
  readonly language?: 'ts' | 'js'
  readonly client?: string
}

/** Takes the answers from flags, asks for the rest on a terminal; without one, what is missing is a usage error. */
export async function answersFor(terminal: Terminal, flags: InitFlags): Promise<InitAnswers> {
  if (!terminal.isInteractive) {
    const missing = (['orm', 'engine'] as const).filter((name) => flags[name] === undefined)
    if (missing.length > 0) {
      const named = missing.map((name) => `--${name}`).join(' and ')
      throw usageError(`Nobody can be asked here; give ${named}.`)
    }
  }
  const orm = flags.orm ?? (await askOrm())
  const engine = flags.engine ?? (await askEngine())
  const language = flags.language ?? (existsSync('tsconfig.json') ? 'ts' : 'js')
  return { orm, engine, language, client: flags.client ?? (await clientFor(terminal, orm)) }
}

const output = process.stderr

/** Loaded only where somebody is asked. */
const prompts = async () => import('@clack/prompts')

async function askOrm(): Promise<Orm> {
  const options: { value: Orm; label: string }[] = [
    { value: 'drizzle', label: 'Drizzle' },
    { value: 'prisma', label: 'Prisma' },
  ]
  const { select } = await prompts()
  return given(await select({ message: 'What does your app store with?', options, output }))
}

async function askEngine(): Promise<Engine> {
  const options: { value: Engine; label: string }[] = [
    { value: 'sqlite', label: 'SQLite' },
    { value: 'postgres', label: 'PostgreSQL' },
    { value: 'mysql', label: 'MySQL or MariaDB' },
  ]
  const { select } = await prompts()
  return given(await select({ message: 'Where?', options, output }))
}

async function clientFor(terminal: Terminal, orm: Orm): Promise<string> {
  const initialValue = './src/prisma.js'
  if (orm !== 'prisma' || !terminal.isInteractive) return initialValue
  const message = 'Which of your modules exports `prisma`, your client?'
  const { text } = await prompts()
  return given(await text({ message, initialValue, output }))
}

async function given<Value>(answer: Value | typeof CANCEL_SYMBOL): Promise<Value> {
  const { isCancel } = await prompts()
  if (isCancel(answer)) throw new CommandError('interrupted', 'Stopped.', EXIT.interrupted)
  return answer
}
