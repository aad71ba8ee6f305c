import type { Command } from 'commander'
import { appAction, type AppRun, type Report } from '../action.ts'
import { findUser } from '../find-user.ts'
import { wholeNumber } from '../parse-number.ts'
import { confirmed } from '../terminal/confirm.ts'
import { details, moment, table } from '../terminal/table.ts'
import type { Colours } from '../terminal/terminal.ts'
import { exportUser } from './users-export.ts'

type User = Awaited<ReturnType<typeof findUser>>

interface Confirmed {
  readonly yes?: boolean
}

/** Adds `mindmesh users`. */
export function addUsers(program: Command): void {
  const users = program.command('users').description('Look at people and act on their accounts.')
  users
    .command('list')
    .description('People in the order in which they registered.')
    .option('--limit <number>', 'how many, 1 to 500', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'where the page before ended')
    .action(appAction<{ limit: number; cursor?: string }>(async (run) => listUsers(run)))
  users
    .command('show <user>')
    .description('One person, by id or e-mail address.')
    .action(appAction<unknown>(async (run, user = '') => showUser(run, user)))
  users
    .command('block <user>')
    .description('Block an account: every session ends at once, and the owner is told.')
    .option('--reason <text>', 'stored with the account')
    .option('-y, --yes', 'do not ask')
    .action(
      appAction<Confirmed & { reason?: string }>(async (run, user = '') => blockUser(run, user)),
    )
  users
    .command('unblock <user>')
    .description('Lift a block.')
    .action(appAction<unknown>(async (run, user = '') => unblockUser(run, user)))
  users
    .command('verify <user>')
    .description('Mark the address of an account as verified.')
    .action(appAction<unknown>(async (run, user = '') => verifyUser(run, user)))
  users
    .command('export <user>')
    .description('All that is held on a person, as JSON, with no secrets.')
    .option('-o, --output <file>', 'a new file, readable by you only, in place of stdout')
    .action(appAction<{ output?: string }>(async (run, user = '') => exportUser(run, user)))
  users
    .command('delete <user>')
    .description('Delete an account with its sessions, codes and identities. It cannot be undone.')
    .option('-y, --yes', 'do not ask')
    .action(appAction<Confirmed>(async (run, user = '') => deleteUser(run, user)))
}

async function listUsers({
  mindmesh,
  options: { limit, cursor },
  terminal: { colours },
}: AppRun<{ limit: number; cursor?: string }>): Promise<Report> {
  const page = await mindmesh.user.list({ limit, cursor: cursor ?? null })
  const columns = [
    { heading: 'id', text: (user: User) => user.id },
    { heading: 'address', text: (user: User) => user.displayEmail },
    { heading: 'state', text: stateOf, paint: (user: User) => paintOf(colours, user) },
    { heading: 'registered', text: (user: User) => moment(user.createdAt) },
    { heading: 'last sign-in', text: (user: User) => moment(user.lastSignedInAt) },
  ]
  const more = page.nextCursor === null ? '' : `\nMore with: --cursor ${page.nextCursor}`
  return { data: page, text: `${table(colours, columns, page.items)}${more}` }
}

async function showUser({ mindmesh, terminal }: AppRun<unknown>, who: string): Promise<Report> {
  const user = await findUser(mindmesh, who)
  const sessions = await mindmesh.session.list(user.id)
  const text = details(terminal.colours, { ...textsOf(user), liveSessions: sessions.length })
  return { data: { ...user, liveSessions: sessions.length }, text }
}

/** The app's own columns too. */
function textsOf(user: User): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(user).map(([name, value]: [string, unknown]) => {
      if (value === null || value === undefined) return [name, null]
      if (value instanceof Date) return [name, moment(value)]
      return [name, typeof value === 'string' ? value : JSON.stringify(value)]
    }),
  )
}

async function blockUser(
  run: AppRun<Confirmed & { reason?: string }>,
  who: string,
): Promise<Report> {
  const { mindmesh, options, terminal } = run
  const user = await findUser(mindmesh, who)
  const question = `Block ${user.displayEmail}? Every session ends at once.`
  await confirmed(terminal, { yes: options.yes, question })
  await mindmesh.user.block(user.id, options.reason === undefined ? {} : { reason: options.reason })
  return changed(mindmesh, user, 'is blocked')
}

async function unblockUser({ mindmesh }: AppRun<unknown>, who: string): Promise<Report> {
  const user = await findUser(mindmesh, who)
  await mindmesh.user.unblock(user.id)
  return changed(mindmesh, user, 'is not blocked any more')
}

async function verifyUser({ mindmesh }: AppRun<unknown>, who: string): Promise<Report> {
  const user = await findUser(mindmesh, who)
  await mindmesh.user.markEmailVerified(user.id)
  return changed(mindmesh, user, 'is verified')
}

async function deleteUser(run: AppRun<Confirmed>, who: string): Promise<Report> {
  const { mindmesh, options, terminal } = run
  const user = await findUser(mindmesh, who)
  const question = `Delete ${user.displayEmail}? It cannot be undone.`
  await confirmed(terminal, { yes: options.yes, question })
  await mindmesh.user.delete(user.id)
  return { data: { deleted: user.id }, text: `${user.displayEmail} is deleted.` }
}

async function changed(
  mindmesh: AppRun<unknown>['mindmesh'],
  before: User,
  what: string,
): Promise<Report> {
  const user = await mindmesh.user.getById(before.id)
  return { data: user, text: `${before.displayEmail} ${what}.` }
}

function stateOf(user: User): string {
  if (user.blockedAt !== null) return 'blocked'
  return user.emailVerifiedAt === null ? 'not verified' : 'verified'
}

function paintOf(colours: Colours, user: User): (text: string) => string {
  if (user.blockedAt !== null) return colours.red
  return user.emailVerifiedAt === null ? colours.yellow : colours.green
}
