import type { ClaimedMail, OutboxMail } from '@mindmesh/auth/ports'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectEqual } from '../expect.ts'
import { listEvents } from '../written.ts'

async function append(
  { store, make }: ContractContext,
  fields: Partial<OutboxMail> = {},
): Promise<OutboxMail> {
  const mail = make.mail(fields)
  await store.events.append([], [mail])
  return mail
}

async function claim(
  { store, make }: ContractContext,
  now: Date,
  leaseId: string = make.id(),
  limit = 10,
): Promise<readonly ClaimedMail[]> {
  return store.outbox.claim({ leaseId, leaseSeconds: 60, limit, now })
}

function idsOf(mails: readonly { readonly id: string }[]): readonly string[] {
  return mails.map((mail) => mail.id)
}

/** A mail that a worker holds. */
async function held(
  context: ContractContext,
): Promise<{ readonly id: string; readonly leaseId: string; readonly at: Date }> {
  const { id } = await append(context)
  const leaseId = context.make.id()
  await claim(context, context.now, leaseId)
  return { id, leaseId, at: context.make.at(9) }
}

/** Mail that waits. */
export const outboxCases: readonly ContractCase[] = casesOf('outbox', {
  'outbox.claim: gives a mail as it was written, and counts the attempt': async (context) => {
    const mail = await append(context, { expiresAt: context.make.at(77), createdAt: context.now })
    const endless = await append(context, { expiresAt: null })
    const claimed = await claim(context, context.now)
    const expected = [mail, endless].map((each) => ({ ...each, attempts: 1 }))
    expectEqual(claimed, expected, 'the mails')
  },
  'outbox.claim: takes what has been due longest, at most the limit': async (context) => {
    const { make } = context
    const [young, old] = [
      await append(context, { createdAt: make.at(-1) }),
      await append(context, { createdAt: make.at(-2) }),
    ]
    expectEqual(idsOf(await claim(context, context.now, make.id(), 1)), [old.id], 'the first')
    expectEqual(idsOf(await claim(context, context.now, make.id(), 1)), [young.id], 'the second')
  },
  'outbox.claim: gives what it takes in the order of ids, however long each was due': async (
    context,
  ) => {
    const { make } = context
    const [first, second] = [
      await append(context, { createdAt: make.at(-1) }),
      await append(context, { createdAt: make.at(-2) }),
    ]
    expectEqual(idsOf(await claim(context, context.now)), [first.id, second.id], 'the mails')
  },
  'outbox.claim: not before the mail is due': async (context) => {
    const { id } = await append(context, { createdAt: context.make.at(10) })
    expectEqual(await claim(context, context.make.at(9)), [], 'before')
    expectEqual(idsOf(await claim(context, context.make.at(10))), [id], 'when it is due')
  },
  'outbox.claim: a held mail is given to nobody until its lease is over': async (context) => {
    const { make } = context
    const { id } = await append(context)
    await claim(context, context.now)
    expectEqual(await claim(context, make.at(59_999)), [], 'while it is held')
    const [again, ...others] = await claim(context, make.at(60_000))
    expectEqual([again?.id, again?.attempts, others], [id, 2, []], 'when the lease is over')
  },
  'outbox.complete: the mail is never given again': async (context) => {
    const mail = await held(context)
    expectEqual(await context.store.outbox.complete(mail), 'completed', 'outbox.complete')
    expectEqual(await claim(context, context.make.at(999_999_999)), [], 'the mails')
    expectEqual(await context.store.outbox.complete(mail), 'stale', 'outbox.complete again')
  },
  'outbox.complete: a lease that was taken over is worth nothing': async (context) => {
    const { store, make } = context
    const mail = await held(context)
    const leaseId = make.id()
    await claim(context, make.at(60_000), leaseId)
    expectEqual(await store.outbox.complete(mail), 'stale', 'by the first worker')
    expectEqual(await store.outbox.complete({ ...mail, leaseId }), 'completed', 'by the second')
  },
  'outbox.complete: an unknown mail is stale': async (context) => {
    const mail = await held(context)
    const outcome = await context.store.outbox.complete({ ...mail, id: context.make.id() })
    expectEqual(outcome, 'stale', 'outbox.complete')
  },
  'outbox.fail: with another try the mail is due then, and not before': async (context) => {
    const { store, make } = context
    const mail = await held(context)
    const input = { ...mail, retryAt: make.at(5000), error: 'timeout' }
    expectEqual(await store.outbox.fail(input, {}), 'failed', 'outbox.fail')
    expectEqual(await claim(context, make.at(4999)), [], 'before')
    const [again] = await claim(context, make.at(5000))
    expectEqual([again?.id, again?.attempts], [mail.id, 2], 'when it is due')
    expectEqual(again?.sealedPayload === '', false, 'whether its content was wiped')
  },
  'outbox.fail: for good the mail is never given again': async (context) => {
    const { store, make } = context
    const mail = await held(context)
    const events = [make.event({ type: 'MAIL_FAILED' })]
    const input = { ...mail, retryAt: null, error: 'refused_recipient' }
    expectEqual(await store.outbox.fail(input, { events }), 'failed', 'outbox.fail')
    expectEqual(await claim(context, make.at(999_999_999)), [], 'the mails')
    expectEqual(await store.outbox.fail(input, { events: [make.event()] }), 'stale', 'once more')
    expectEqual(await listEvents(context), events, 'the events')
  },
})
