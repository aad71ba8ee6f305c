import type { AppModel } from '@mindmesh/auth'
import { serveCalls } from '../races/racers.ts'
import { attackRaces } from './at-once.ts'
import { attackContext, type AttackContextOptions, type OpenAttacked } from './attack-context.ts'

/**
 * In a process that `forkRacers` started: makes its share of the calls of every race in {@link attackRaces} on an
 * instance of its own, until the parent lets go. Then `close` is called, and must leave nothing that keeps the process
 * alive.
 */
export function serveAttacks<App extends AppModel>(
  open: OpenAttacked<App>,
  close: () => Promise<void>,
  options: AttackContextOptions = {},
): void {
  const context = attackContext(open, options)
  serveCalls(attackRaces, context, async () => {
    await context.app.close()
    await close()
  })
}
