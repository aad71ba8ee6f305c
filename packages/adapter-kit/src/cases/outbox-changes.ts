import type { OutboxStore } from '@mindmesh/auth/ports'
import type { Arrange, Change } from '../change.ts'
import type { ContractContext } from '../contract-case.ts'

type Fail = Parameters<OutboxStore['fail']>[0]

/** The lease outlasts the moment at which the effects are looked at. */
const failing =
  (
    outcome: 'failed' | 'stale',
    since: (context: ContractContext, mailId: string) => Promise<Partial<Fail>>,
  ): Arrange =>
  async (context) => {
    const { store, make, now } = context
    const mail = make.mail()
    await store.events.append([], [mail])
    const leaseId = make.id()
    await store.outbox.claim({ leaseId, leaseSeconds: 60, limit: 1, now })
    const held = {
      id: mail.id,
      leaseId,
      at: make.at(9),
      retryAt: make.at(3_600_000),
      error: 'timeout',
    }
    const input = { ...held, ...(await since(context, mail.id)) }
    return {
      userId: null,
      outcome,
      act: async (effects) => store.outbox.fail(input, effects),
    }
  }

/** The changes of the outbox. */
export const outboxChanges: readonly Change[] = [
  {
    name: 'outbox.fail with another try',
    operation: 'outbox.fail',
    group: 'outbox',
    win: failing('failed', async () => ({})),
    lose: {
      'the lease is not ours': failing('stale', async ({ make }) => ({ leaseId: make.id() })),
      'the mail is unknown': failing('stale', async ({ make }) => ({ id: make.id() })),
    },
  },
  {
    name: 'outbox.fail for good',
    operation: 'outbox.fail',
    group: 'outbox',
    win: failing('failed', async () => ({ retryAt: null })),
    lose: {
      'the lease is not ours': failing('stale', async ({ make }) => ({
        leaseId: make.id(),
        retryAt: null,
      })),
      'another worker took the lease over': failing('stale', async ({ store, make }) => {
        const later = { leaseId: make.id(), leaseSeconds: 60, limit: 1, now: make.at(60_000) }
        await store.outbox.claim(later)
        return { retryAt: null }
      }),
    },
  },
]
