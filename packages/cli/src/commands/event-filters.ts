import type { AuthEventType } from '@mindmesh/auth'
import { findUser } from '../find-user.ts'
import type { SetupInstance } from '../setup/define-setup.ts'

/** Which events, as flags say it. */
export interface EventFilters {
  readonly user?: string
  readonly type?: AuthEventType
}

/** The part of a query that filters. An id is taken as it is: the events of a person who was deleted are there still. */
export async function queryOf(
  mindmesh: SetupInstance,
  { user, type }: EventFilters,
): Promise<{ readonly userId?: string; readonly type?: AuthEventType }> {
  const userId = user?.includes('@') === true ? (await findUser(mindmesh, user)).id : user
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(type === undefined ? {} : { type }),
  }
}
