import type {
  AccountRecord,
  AuthEvent,
  ClaimedMail,
  CodeRecord,
  Credentials,
  Effects,
} from '@mindmesh/auth/ports'
import type { AppModel, SessionRecord } from '@mindmesh/auth/ports'
import { ALL, sortedIds } from './arrange.ts'
import type { ContractContext } from './contract-case.ts'
import { expectEqual, present } from './expect.ts'

/** What can be read of a store without changing it: two that are equal mean that nothing was written. */
export interface Snapshot {
  readonly people: readonly {
    readonly credentials: Credentials<AppModel> | null
    readonly sessions: readonly SessionRecord[]
    readonly codes: readonly CodeRecord[]
    readonly accounts: readonly AccountRecord[]
  }[]
  readonly events: readonly AuthEvent[]
}

/** Reads everything on people, and all events. */
export async function snapshotOf({ store }: ContractContext): Promise<Snapshot> {
  const people: Snapshot['people'][number][] = []
  for (const { id } of await store.users.list({ after: null, limit: ALL })) {
    const codes = await store.codes.listByUser(id)
    people.push({
      credentials: await store.users.findCredentials(id),
      sessions: await store.sessions.listAll(id),
      codes: codes.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      accounts: await store.accounts.listByUser(id),
    })
  }
  return { people, events: await listEvents({ store }) }
}

/** All events, newest first. */
export async function listEvents({
  store,
}: Pick<ContractContext, 'store'>): Promise<readonly AuthEvent[]> {
  return store.events.list({ userId: null, type: null, from: null, before: null, limit: ALL })
}

/** Takes all mail that is due now. */
export async function claimAll({
  store,
  make,
  now,
}: ContractContext): Promise<readonly ClaimedMail[]> {
  return store.outbox.claim({ leaseId: make.id(), leaseSeconds: 60, limit: ALL, now })
}

/** Throws unless all of these effects are stored as they were given. Claims the mail that is due. */
export async function expectWritten(
  context: ContractContext,
  effects: Required<Effects>,
): Promise<void> {
  const events = await listEvents(context)
  for (const event of effects.events) {
    const stored = events.find((each) => each.id === event.id)
    expectEqual(present(stored, 'the event of the change'), event, 'the event of the change')
  }
  for (const code of effects.codes) {
    expectEqual(await context.store.codes.find(code), code, 'the code of the change')
  }
  const mails = await claimAll(context)
  for (const mail of effects.mails) {
    const claimed = mails.find((each) => each.id === mail.id)
    expectEqual(claimed, { ...mail, attempts: 1 }, 'the mail of the change')
  }
}

/** Throws if any of these effects is stored. Claims the mail that is due. */
export async function expectUnwritten(
  context: ContractContext,
  effects: Required<Effects>,
): Promise<void> {
  const events = await listEvents(context)
  const eventIds = new Set(effects.events.map((event) => event.id))
  expectEqual(
    sortedIds(events.filter((event) => eventIds.has(event.id))),
    [],
    'events of a change that was not made',
  )
  for (const code of effects.codes) {
    expectEqual(await context.store.codes.find(code), null, 'the code of a change not made')
  }
  const mailIds = new Set(effects.mails.map((mail) => mail.id))
  const mails = await claimAll(context)
  expectEqual(
    sortedIds(mails.filter((mail) => mailIds.has(mail.id))),
    [],
    'mails of a change that was not made',
  )
}
