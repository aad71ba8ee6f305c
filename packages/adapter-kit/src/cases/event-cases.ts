import type { AuthEvent, AuthEventType } from '@mindmesh/auth/ports'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectEqual, expectStoreError } from '../expect.ts'
import { claimAll, listEvents } from '../written.ts'
import { AWKWARD } from './texts.ts'

const EVERYTHING = { userId: null, type: null, from: null, before: null, limit: 100 }

/** Nine events: of two people and nobody, of two types. */
async function appendNine({ store, make }: ContractContext): Promise<readonly AuthEvent[]> {
  const people = [make.id(), make.id(), null]
  const types: readonly AuthEventType[] = ['LOGIN_SUCCESS', 'LOGIN_FAILED']
  const events = Array.from({ length: 9 }, (_, i) =>
    make.event({ userId: people[i % 3] ?? null, type: types[i % 2] ?? 'LOGOUT' }),
  )
  await store.events.append(events)
  return events
}

/** The record of sensitive actions. */
export const eventCases: readonly ContractCase[] = casesOf('events', {
  'events.append: what was written reads back equal': async (context) => {
    const { store, make } = context
    const event = make.event({
      userId: make.id(),
      sessionId: make.id(),
      ipAddress: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      userAgent: AWKWARD,
      metadata: { text: AWKWARD, empty: '', count: 12, isFirst: true, none: null },
      createdAt: make.at(-1),
    })
    const bare = make.event({ ipAddress: null, userAgent: null })
    await store.events.append([event, bare])
    expectEqual(await listEvents(context), [bare, event], 'the events')
  },
  'events.append: writes its mails with its events': async (context) => {
    const { store, make } = context
    const mail = make.mail({ sealedPayload: 'x'.repeat(10_000), expiresAt: null })
    await store.events.append([make.event()], [mail])
    expectEqual(await claimAll(context), [{ ...mail, attempts: 1 }], 'the mails')
    expectEqual((await listEvents(context)).length, 1, 'how many events there are')
  },
  'events.append: with nothing to write it writes nothing': async (context) => {
    await context.store.events.append([])
    expectEqual(await listEvents(context), [], 'the events')
  },
  'events.append: where a mail fails no event is written': async (context) => {
    const { store, make } = context
    const mail = make.mail()
    await store.events.append([], [mail])
    const call = store.events.append([make.event()], [make.mail(), { ...mail, template: 'again' }])
    await expectStoreError(call, 'events.append', [mail.sealedPayload])
    expectEqual(await listEvents(context), [], 'the events')
    const templates = (await claimAll(context)).map((each) => each.id)
    expectEqual(templates, [mail.id], 'the mails')
  },
  'events.list: newest first, at most the limit': async (context) => {
    const events = await appendNine(context)
    const newest = events.toReversed()
    expectEqual(await context.store.events.list(EVERYTHING), newest, 'all events')
    const three = await context.store.events.list({ ...EVERYTHING, limit: 3 })
    expectEqual(three, newest.slice(0, 3), 'the first three')
  },
  'events.list: narrows by person, by type and by both': async (context) => {
    const newest = (await appendNine(context)).toReversed()
    const { events } = context.store
    const { userId = null, type = null } = newest.at(-1) ?? {}
    const ofPerson = newest.filter((event) => event.userId === userId)
    expectEqual(await events.list({ ...EVERYTHING, userId }), ofPerson, 'the events of a person')
    const ofType = newest.filter((event) => event.type === type)
    expectEqual(await events.list({ ...EVERYTHING, type }), ofType, 'the events of a type')
    const ofBoth = ofPerson.filter((event) => event.type === type)
    expectEqual(await events.list({ ...EVERYTHING, userId, type }), ofBoth, 'the events of both')
  },
  'events.list: from is included, before is not': async (context) => {
    const events = await appendNine(context)
    const [from, before] = [events[2]?.id ?? '', events[6]?.id ?? '']
    const found = await context.store.events.list({ ...EVERYTHING, from, before })
    expectEqual(found, events.slice(2, 6).toReversed(), 'the events between')
  },
})
