import { assertFresh } from '../assert-fresh.ts'
import type { UserPage } from '../page.ts'
import { Refusal } from '../refusal.ts'
import { people } from './people.ts'

/** Blocks somebody: every session of theirs ends at once. */
export const blockPerson: UserPage = {
  ...people,
  home: '/people',
  async submit(visit, { userId = '' }) {
    await assertFresh(visit)
    if (userId === visit.caller.user.id) throw new Refusal(409, 'You cannot block yourself.')
    await visit.app.mindmesh.user.block(userId, { reason: 'by the administrator' })
    return '/people?notice=blocked'
  },
}
