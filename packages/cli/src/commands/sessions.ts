import type { Command } from 'commander'
import { appAction, type AppRun, type Report } from '../action.ts'
import { usageError } from '../exit.ts'
import { findUser } from '../find-user.ts'
import { confirmed } from '../terminal/confirm.ts'
import { moment, table } from '../terminal/table.ts'

type Session = Awaited<ReturnType<AppRun<unknown>['mindmesh']['session']['list']>>[number]

interface RevokeOptions {
  readonly user?: string
  readonly except?: string
  readonly yes?: boolean
}

/** Adds `mindmesh sessions`. */
export function addSessions(program: Command): void {
  const sessions = program.command('sessions').description('Look at sessions and end them.')
  sessions
    .command('list <user>')
    .description('The live sessions of a person, newest first.')
    .action(appAction<unknown>(async (run, user = '') => listSessions(run, user)))
  sessions
    .command('revoke [session]')
    .description('End one session, or all of a person.')
    .option('--user <user>', 'all of this person, by id or e-mail address')
    .option('--except <session>', 'all but this one')
    .option('-y, --yes', 'do not ask')
    .action(appAction<RevokeOptions>(async (run, session) => revoke(run, session)))
}

async function listSessions({ mindmesh, terminal }: AppRun<unknown>, who: string): Promise<Report> {
  const user = await findUser(mindmesh, who)
  const sessions = await mindmesh.session.list(user.id)
  const columns = [
    { heading: 'id', text: (session: Session) => session.id },
    { heading: 'device', text: (session: Session) => session.device },
    { heading: 'address', text: (session: Session) => session.ipAddress ?? '' },
    { heading: 'signed in', text: (session: Session) => moment(session.createdAt) },
    { heading: 'last used', text: (session: Session) => moment(session.lastUsedAt) },
    { heading: 'ends', text: (session: Session) => moment(session.expiresAt) },
  ]
  const text =
    sessions.length === 0 ? 'No live session.' : table(terminal.colours, columns, sessions)
  return { data: sessions, text }
}

async function revoke(run: AppRun<RevokeOptions>, session: string | undefined): Promise<Report> {
  const { mindmesh, options, terminal } = run
  const { user: who, except, yes } = options
  if ((session === undefined) === (who === undefined)) {
    throw usageError('Give either a session or --user.')
  }
  if (session !== undefined) {
    if (except !== undefined) throw usageError('--except goes with --user.')
    await confirmed(terminal, { yes, question: `End the session ${session}?` })
    await mindmesh.session.revoke(session)
    return { data: { revoked: session }, text: `The session ${session} is over.` }
  }
  const user = await findUser(mindmesh, who ?? '')
  const scope = except === undefined ? 'every session' : 'every other session'
  await confirmed(terminal, { yes, question: `End ${scope} of ${user.displayEmail}?` })
  await mindmesh.session.revokeAll(user.id, except === undefined ? {} : { except })
  const data = { userId: user.id, except: except ?? null }
  return {
    data,
    text: `${scope[0]?.toUpperCase()}${scope.slice(1)} of ${user.displayEmail} is over.`,
  }
}
