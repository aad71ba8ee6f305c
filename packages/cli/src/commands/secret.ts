import type { Command } from 'commander'
import { action, type Report } from '../action.ts'
import { freshSecret, SECRET_NAMES } from '../env/secrets.ts'

/** Adds `mindmesh secret`. */
export function addSecret(program: Command): void {
  program
    .command('secret')
    .description('Print a fresh secret: 48 random bytes. Nothing is stored.')
    .option('--env', 'both secrets, as lines for an .env file')
    .action(action<{ readonly env?: boolean }>(async ({ options }) => secret(options.env === true)))
}

async function secret(asEnv: boolean): Promise<Report> {
  if (!asEnv) {
    const fresh = freshSecret()
    return { data: { secret: fresh }, text: fresh }
  }
  const data = Object.fromEntries(Object.values(SECRET_NAMES).map((name) => [name, freshSecret()]))
  const lines = Object.entries(data).map(([name, value]) => `${name}=${value}`)
  return { data, text: lines.join('\n') }
}
