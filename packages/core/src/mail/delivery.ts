import { AsyncResource } from 'node:async_hooks'
import type { Context } from '../context.ts'
import { createEvent } from '../events/event.ts'
import { MailerError } from '../errors.ts'
import type { ClaimedMail } from '../ports/entities.ts'
import type { Mailer } from '../ports/services.ts'
import { openMail, type MailPayload } from './compose.ts'
import type { MailContent, MailSetting } from './templates.ts'

/** What a pass over the outbox did. */
export interface MailCounts {
  readonly sent: number
  /** Failed, and will be tried again. */
  readonly retried: number
  /** Given up: refused for good, or tried too often. */
  readonly failed: number
  /** Not sent because what it holds was no longer valid. */
  readonly expired: number
}

/** Sends what the outbox holds. */
export interface MailDelivery {
  /** Starts a pass after the current answer has left. */
  wake(): void
  /** Sends what is due, at most `limit`, and waits for it and for what is under way. */
  deliverDue(limit: number): Promise<MailCounts>
  /** Whether the mailer says that its settings work; `false` where it cannot tell. */
  verify(): Promise<boolean>
  /** Stops, and waits for mail in flight. */
  close(): Promise<void>
}

/** What delivery needs of the instance. */
export type DeliveryContext = Omit<Context, 'delivery'>

const BATCH = 10
/** Longer than a mail may take, so that a living worker keeps what it holds. */
const LEASE_SECONDS = 120
const SEND_TIMEOUT_MS = 60_000
const LONGEST_RETRY_SECONDS = 3600
/** After a failure the outbox is looked at this often until the longest delay has passed. */
const POLL_SECONDS = 5
const POLLS_AFTER_FAILURE = Math.ceil(LONGEST_RETRY_SECONDS / POLL_SECONDS) + 1
const NOTHING: MailCounts = { sent: 0, retried: 0, failed: 0, expired: 0 }

/** Seconds until the next try: 5, 20, 80, 320, 1280, then an hour. */
export function retryDelaySeconds(attempts: number): number {
  return Math.min(5 * 4 ** (attempts - 1), LONGEST_RETRY_SECONDS)
}

/** The delivery of one instance. Several processes may run one each: a lease keeps a mail with one of them. */
export function createDelivery(context: DeliveryContext, mailer: Mailer): MailDelivery {
  let running: Promise<unknown> = Promise.resolve()
  let immediate: NodeJS.Immediate | undefined
  let retryTimer: NodeJS.Timeout | undefined
  let pollsLeft = 0
  let isClosed = false
  // Where the instance was made. Retries would otherwise last for an hour in the trace, the transaction or whatever
  // else the app keeps for the request that woke them.
  const background = new AsyncResource('MindmeshMailDelivery')

  // Passes of one instance follow one another, so `deliverDue` also waits for a pass that `wake` began.
  const enqueue = async (limit: number): Promise<MailCounts> => {
    const pass = running.then(async () => deliverPass(context, mailer, limit))
    running = pass.catch(() => undefined)
    return pass
  }
  const runInBackground = async (): Promise<void> => {
    try {
      const counts = await enqueue(Number.MAX_SAFE_INTEGER)
      pollsLeft = counts.retried > 0 ? POLLS_AFTER_FAILURE : Math.max(0, pollsLeft - 1)
    } catch {
      context.logger.error('Mail could not be taken from the outbox; trying again later.')
      pollsLeft = POLLS_AFTER_FAILURE
    }
    pollWhileNeeded()
  }
  const pollWhileNeeded = (): void => {
    clearTimeout(retryTimer)
    if (isClosed || pollsLeft === 0) return
    retryTimer = setTimeout(() => void runInBackground(), POLL_SECONDS * 1000)
    retryTimer.unref()
  }

  return {
    wake(): void {
      if (isClosed || immediate !== undefined || context.config.mailDelivery === 'manual') return
      immediate = background.runInAsyncScope(setImmediate, undefined, () => {
        immediate = undefined
        void runInBackground()
      })
    },
    deliverDue: enqueue,
    verify: async () => verifyMailer(mailer),
    async close(): Promise<void> {
      isClosed = true
      clearTimeout(retryTimer)
      if (immediate !== undefined) {
        clearImmediate(immediate)
        immediate = undefined
        await runInBackground()
      }
      await running
    },
  }
}

async function verifyMailer(mailer: Mailer): Promise<boolean> {
  if (mailer.verify === undefined) return false
  await mailer.verify()
  return true
}

async function deliverPass(
  context: DeliveryContext,
  mailer: Mailer,
  limit: number,
): Promise<MailCounts> {
  let counts = NOTHING
  for (let left = limit; left > 0; left -= BATCH) {
    const take = Math.min(BATCH, left)
    const leaseId = context.ids.next()
    const now = context.clock.now()
    const mails = await context.store.outbox.claim({
      leaseId,
      leaseSeconds: LEASE_SECONDS,
      limit: take,
      now,
    })
    const outcomes = await allOf(mails.map((mail) => deliver(context, mailer, leaseId, mail)))
    for (const outcome of outcomes) {
      if (outcome !== 'dropped') counts = { ...counts, [outcome]: counts[outcome] + 1 }
    }
    if (mails.length < take) break
  }
  return counts
}

/** As `Promise.all`, but waits for all of them before it rejects: no mail is left in flight. */
async function allOf<Value>(promises: readonly Promise<Value>[]): Promise<readonly Value[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

type Outcome = keyof MailCounts | 'dropped'

async function deliver(
  context: DeliveryContext,
  mailer: Mailer,
  leaseId: string,
  mail: ClaimedMail,
): Promise<Outcome> {
  const payload = openMail(context.keys, mail)
  if (payload === null) return giveUp(context, leaseId, mail, null, 'unreadable')
  if (mail.expiresAt !== null && mail.expiresAt <= context.clock.now()) {
    return payload.to === null
      ? complete(context, leaseId, mail, 'dropped')
      : giveUp(context, leaseId, mail, payload, 'expired')
  }
  if (payload.to === null) return complete(context, leaseId, mail, 'dropped')
  try {
    await sendInTime(mailer, payload.to, render(context, mail.template, payload))
  } catch (error) {
    return retryOrGiveUp(context, leaseId, mail, payload, error)
  }
  return complete(context, leaseId, mail, 'sent')
}

async function complete(
  context: DeliveryContext,
  leaseId: string,
  mail: ClaimedMail,
  outcome: Outcome,
): Promise<Outcome> {
  await context.store.outbox.complete({ id: mail.id, leaseId, at: context.clock.now() })
  return outcome
}

async function retryOrGiveUp(
  context: DeliveryContext,
  leaseId: string,
  mail: ClaimedMail,
  payload: MailPayload,
  error: unknown,
): Promise<Outcome> {
  const reason = error instanceof MailerError ? error.reason : 'unknown'
  const isPermanent = error instanceof MailerError && error.permanent
  context.logger.warn('A mail could not be sent.', {
    mailId: mail.id,
    template: mail.template,
    reason,
  })
  if (isPermanent || mail.attempts >= context.config.mailMaxAttempts) {
    return giveUp(context, leaseId, mail, payload, reason)
  }
  const at = context.clock.now()
  const retryAt = new Date(at.getTime() + retryDelaySeconds(mail.attempts) * 1000)
  await context.store.outbox.fail({ id: mail.id, leaseId, at, retryAt, error: reason }, {})
  return 'retried'
}

async function giveUp(
  context: DeliveryContext,
  leaseId: string,
  mail: ClaimedMail,
  payload: MailPayload | null,
  reason: string,
): Promise<Outcome> {
  const event = createEvent(context, 'MAIL_FAILED', {
    userId: payload?.userId ?? null,
    metadata: { mailId: mail.id, template: mail.template, reason, attempts: mail.attempts },
  })
  await context.store.outbox.fail(
    { id: mail.id, leaseId, at: context.clock.now(), retryAt: null, error: reason },
    { events: [event] },
  )
  return reason === 'expired' ? 'expired' : 'failed'
}

function render(context: DeliveryContext, template: string, payload: MailPayload): MailContent {
  const templates = new Map<string, unknown>(Object.entries(context.templates))
  const fill = templates.get(template)
  if (typeof fill !== 'function') throw new MailerError('rejected', { permanent: true })
  const setting: MailSetting = { appName: context.config.appName, locale: payload.locale }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the data was sealed together with the template's name
  return (fill as (data: unknown, setting: MailSetting) => MailContent)(payload.data, setting)
}

/** A mailer that never answers must not hold its lease for ever. */
async function sendInTime(mailer: Mailer, to: string, content: MailContent): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MailerError('timeout')), SEND_TIMEOUT_MS)
  })
  try {
    await Promise.race([mailer.send({ to, ...content }), timeout])
  } finally {
    clearTimeout(timer)
  }
}
