import type { Context } from '../context.ts'
import { lowestIdAt } from '../crypto/ids.ts'
import { invalidInput } from '../errors.ts'
import { parseDate, parseId, parseLimit, parseText } from '../input.ts'
import type { AuthEvent, AuthEventType } from '../ports/entities.ts'

/** Which events; every field narrows. */
export interface EventQuery {
  readonly userId?: string
  readonly type?: AuthEventType
  /** At or after. */
  readonly since?: Date
  /** Before. */
  readonly until?: Date
  /** 1 to 500. @default 50 */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null
}

/** One page of a list. */
export interface PageOf<Item> {
  readonly items: readonly Item[]
  /** Give it as `cursor` for the next page; `null` on the last. */
  readonly nextCursor: string | null
}

/** Events, newest first. */
export async function listEvents(context: Context, query: EventQuery): Promise<PageOf<AuthEvent>> {
  const limit = parseLimit(query.limit, 50, 500)
  const since = parseDate(query.since, 'since')
  const until = parseDate(query.until, 'until')
  const cursor = query.cursor ? parseId(query.cursor, 'cursor') : null
  const type = query.type === undefined ? null : parseType(query.type)
  const bounds = [cursor, until && lowestIdAt(until)].filter((b) => b !== null).toSorted()
  const events = await context.store.events.list({
    userId: query.userId === undefined ? null : parseId(query.userId, 'userId'),
    type,
    from: since && lowestIdAt(since),
    before: bounds[0] ?? null,
    limit: limit + 1,
  })
  return pageOf(events, limit)
}

function parseType<Type extends string>(type: Type): Type {
  if (!/^[A-Z_]+$/.test(parseText(type, 'type', 40))) {
    throw invalidInput('type', 'not_a_type', 'type is not a type of event.')
  }
  return type
}

/** Cuts a list that was read one row too far into a page. */
export function pageOf<Item extends { readonly id: string }>(
  rows: readonly Item[],
  limit: number,
): PageOf<Item> {
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return { items, nextCursor: last?.id ?? null }
}
