import type { Context } from '../context.ts'
import { pageOf, type PageOf } from '../events/list-events.ts'
import { parseEmail, parseId, parseLimit } from '../input.ts'
import type { AppModel } from '../ports/entities.ts'

/** The user of an id, or `null`. */
export async function getUserById<App extends AppModel>(
  context: Context<App>,
  userId: string,
): Promise<App['user'] | null> {
  return context.store.users.findById(parseId(userId, 'id'))
}

/** The user of an address, or `null`. */
export async function getUserByEmail<App extends AppModel>(
  context: Context<App>,
  email: string,
): Promise<App['user'] | null> {
  return context.store.users.findByEmail(parseEmail(email).canonical)
}

/** Which users. */
export interface UserQuery {
  /** 1 to 500. @default 50 */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null
}

/** Users in the order in which they registered. */
export async function listUsers<App extends AppModel>(
  context: Context<App>,
  query: UserQuery,
): Promise<PageOf<App['user']>> {
  const limit = parseLimit(query.limit, 50, 500)
  const after = query.cursor ? parseId(query.cursor, 'cursor') : null
  return pageOf(await context.store.users.list({ after, limit: limit + 1 }), limit)
}
