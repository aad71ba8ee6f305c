import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectEqual } from '../expect.ts'

/** A mail that was tried once; it is tried again at `retryAt`, or given up where that is `null`. */
async function failedMail(
  { store, make, now }: ContractContext,
  outcome: { readonly at: Date; readonly retryAt: Date | null },
): Promise<string> {
  const { id } = await addMail({ store, make }, now)
  const leaseId = make.id()
  await store.outbox.claim({ leaseId, leaseSeconds: 60, limit: 10, now })
  await store.outbox.fail({ id, leaseId, ...outcome, error: 'timeout' }, {})
  return id
}

async function addMail(
  { store, make }: Pick<ContractContext, 'store' | 'make'>,
  createdAt: Date,
): Promise<ReturnType<ContractContext['make']['mail']>> {
  const mail = make.mail({ createdAt })
  await store.events.append([], [mail])
  return mail
}

/** Sends a mail. */
async function sentMail(context: ContractContext): Promise<void> {
  const { store, make, now } = context
  const { id } = await addMail(context, now)
  const leaseId = make.id()
  await store.outbox.claim({ leaseId, leaseSeconds: 60, limit: 10, now })
  await store.outbox.complete({ id, leaseId, at: now })
}

/** The view on mail for whoever runs the app. */
export const outboxSurveyCases: readonly ContractCase[] = casesOf('outbox', {
  'outbox.inspect: an empty outbox': async ({ store }) => {
    const expected = { waiting: 0, failed: 0, mails: [] }
    expectEqual(await store.outbox.inspect({ limit: 10 }), expected, 'the outbox')
  },
  'outbox.inspect: mails that wait, due first, then those given up, newest first': async (
    context,
  ) => {
    const { store, make } = context
    await sentMail(context)
    const gaveUp = await failedMail(context, { at: make.at(5), retryAt: null })
    const gaveUpLater = await failedMail(context, { at: make.at(6), retryAt: null })
    const later = await failedMail(context, { at: make.at(7), retryAt: make.at(9000) })
    const fresh = await addMail(context, make.at(8))
    const { waiting, failed, mails } = await store.outbox.inspect({ limit: 10 })
    expectEqual([waiting, failed], [2, 2], 'the counts')
    expectEqual(
      mails.map((mail) => mail.id),
      [fresh.id, later, gaveUpLater, gaveUp],
      'the mails',
    )
  },
  'outbox.inspect: shows how a mail stands, and never its content': async (context) => {
    const { store, make, now } = context
    const id = await failedMail(context, { at: make.at(5), retryAt: make.at(9000) })
    const [entry] = (await store.outbox.inspect({ limit: 1 })).mails
    const { template, expiresAt } = make.mail()
    const expected = { id, template, attempts: 1, lastError: 'timeout', expiresAt }
    const times = { availableAt: make.at(9000), failedAt: null, createdAt: now }
    expectEqual(entry, { ...expected, ...times }, 'the mail')
  },
  'outbox.inspect: at most the limit of each, all of them counted': async (context) => {
    const { store, make } = context
    for (let i = 0; i < 3; i += 1) await failedMail(context, { at: make.at(i), retryAt: null })
    for (let i = 0; i < 3; i += 1) await addMail(context, make.at(i))
    const { waiting, failed, mails } = await store.outbox.inspect({ limit: 2 })
    expectEqual([waiting, failed, mails.length], [3, 3, 4], 'the counts and the mails')
  },
  'outbox.hasten: what waits for a later try is due at once': async (context) => {
    const { store, make } = context
    const id = await failedMail(context, { at: make.at(5), retryAt: make.at(9000) })
    await failedMail(context, { at: make.at(5), retryAt: null })
    const now = make.at(6)
    expectEqual(await store.outbox.hasten({ now }), 1, 'outbox.hasten')
    const claim = { leaseId: make.id(), leaseSeconds: 60, limit: 10, now }
    const due = (await store.outbox.claim(claim)).map((mail) => mail.id)
    expectEqual(due, [id], 'the mails that are due')
    expectEqual(await store.outbox.hasten({ now }), 0, 'once more')
  },
  'outbox.hasten: what somebody holds is left to them': async (context) => {
    const { store, make, now } = context
    const { id } = await addMail(context, now)
    const leaseId = make.id()
    await store.outbox.claim({ leaseId, leaseSeconds: 60, limit: 10, now })
    // A worker whose clock is behind: for it the mail is not due yet.
    expectEqual(await store.outbox.hasten({ now: make.at(-5) }), 0, 'outbox.hasten')
    const [entry] = (await store.outbox.inspect({ limit: 1 })).mails
    expectEqual([entry?.id, entry?.availableAt], [id, now], 'the mail that is held')
  },
})
