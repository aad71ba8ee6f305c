import { assertFresh } from '../assert-fresh.ts'
import type { UserPage } from '../page.ts'
import { people } from './people.ts'

/** Lets somebody sign in again. */
export const unblockPerson: UserPage = {
  ...people,
  home: '/people',
  async submit(visit, { userId = '' }) {
    await assertFresh(visit)
    await visit.app.mindmesh.user.unblock(userId)
    return '/people?notice=unblocked'
  },
}
