import { MailerError, StoreError, type AuthStore, type Mailer } from '@mindmesh/auth/ports'
import { wrappedStore } from './wrapped-store.ts'

/** The call that fails: before it took effect, or after, when only the answer is lost. */
export interface CallFault {
  /** From 1, over the calls of the store and of the mailer together. */
  readonly call: number
  readonly when: 'before' | 'after'
}

/** A store and a mailer whose calls are counted, and one of which fails. */
export interface FaultyCalls {
  readonly store: AuthStore
  readonly mailer: Mailer
  /** Counts anew from here on. */
  arm(fault: CallFault | null): void
  /** No more faults. Gives how many calls were seen since `arm`. */
  disarm(): number
}

/** Puts faults between an instance and what it calls. */
export function faultyCalls(store: AuthStore, mailer: Mailer): FaultyCalls {
  let seen = 0
  let fault: CallFault | null = null
  const through = async (call: () => unknown, failure: () => Error): Promise<unknown> => {
    seen += 1
    const when = fault?.call === seen ? fault.when : null
    if (when === 'before') throw failure()
    const answer: unknown = await call()
    if (when === 'after') throw failure()
    return answer
  }
  return {
    store: wrappedStore(store, async ({ name, proceed }) =>
      through(proceed, () => new StoreError(name)),
    ),
    mailer: {
      async send(message) {
        await through(
          async () => mailer.send(message),
          () => new MailerError('connection'),
        )
      },
    },
    arm(next) {
      seen = 0
      fault = next
    },
    disarm() {
      fault = null
      return seen
    },
  }
}
