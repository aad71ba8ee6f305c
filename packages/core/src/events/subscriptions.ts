import {
  subscribe,
  type EventListener,
  type EventSubscription,
  type SubscribeOptions,
  type SubscriptionContext,
} from './subscription.ts'

/** The subscriptions of one instance. */
export interface Subscriptions {
  /** Begins one. Throws `invalid_input`. */
  open(listener: EventListener, options: SubscribeOptions | undefined): EventSubscription
  /** Closes all that are open. */
  close(): Promise<void>
}

/** Keeps what was begun, so that the instance can end it. */
export function createSubscriptions(context: SubscriptionContext): Subscriptions {
  const open = new Set<EventSubscription>()
  return {
    open(listener, options) {
      const inner = subscribe(context, listener, options)
      const subscription: EventSubscription = {
        catchUp: async () => inner.catchUp(),
        async close() {
          open.delete(subscription)
          await inner.close()
        },
      }
      open.add(subscription)
      return subscription
    },
    async close() {
      await Promise.all([...open].map(async (subscription) => subscription.close()))
    },
  }
}
