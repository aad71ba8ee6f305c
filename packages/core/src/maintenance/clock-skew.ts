import type { Context } from '../context.ts'

/**
 * How many milliseconds the database's clock is ahead of this process's; negative where it is behind. The way there
 * and back is taken as equally long. `null` where the adapter cannot ask.
 */
export async function clockSkew(context: Context): Promise<number | null> {
  const { store, clock } = context
  if (store.readTime === undefined) return null
  const before = clock.now().getTime()
  const there = await store.readTime()
  const after = clock.now().getTime()
  return Math.round(there.getTime() - (before + after) / 2)
}
