import type { Context } from '../context.ts'
import { AuthError } from '../errors.ts'
import { createEvent } from '../events/event.ts'
import { parseId } from '../input.ts'
import type { AppModel, AuthEvent, CodeRecord } from '../ports/entities.ts'
import { purposeOf } from '../otp/purpose.ts'
import { toLinkedIdentities, type LinkedIdentity } from '../oauth/list-identities.ts'
import { toSession, type Session } from '../session/list-sessions.ts'

/** All that the library holds on a person, with no secrets; made for `JSON.stringify`. */
export interface UserExport<App extends AppModel = AppModel> {
  readonly exportedAt: Date
  readonly user: App['user']
  readonly sessions: readonly Session[]
  readonly identities: readonly LinkedIdentity[]
  readonly openCodes: readonly Pick<CodeRecord, 'purpose' | 'createdAt' | 'expiresAt'>[]
  readonly events: readonly AuthEvent[]
}

const PAGE = 500

/** Collects everything about a person (GDPR Art. 15 and 20) and records that it was given out. Throws `user_not_found`. */
export async function exportUser<App extends AppModel>(
  context: Context<App>,
  userId: string,
): Promise<UserExport<App>> {
  const id = parseId(userId, 'id')
  const user = await context.store.users.findById(id)
  if (user === null) throw new AuthError('user_not_found')
  await context.store.events.append([createEvent(context, 'ACCOUNT_EXPORTED', { userId: id })])
  const sessions = await context.store.sessions.listAll(id)
  const accounts = await context.store.accounts.listByUser(id)
  const codes = await context.store.codes.listByUser(id)
  return {
    exportedAt: context.clock.now(),
    user,
    sessions: sessions.map(toSession),
    identities: toLinkedIdentities(accounts),
    // A store gives them in any order; ids are in the order in which they were made.
    openCodes: codes.toSorted(byId).map((code) => ({
      purpose: purposeOf(code),
      createdAt: code.createdAt,
      expiresAt: code.expiresAt,
    })),
    events: await allEvents(context, id),
  }
}

function byId(a: CodeRecord, b: CodeRecord): number {
  return a.id.localeCompare(b.id)
}

async function allEvents(context: Context, userId: string): Promise<readonly AuthEvent[]> {
  const all: AuthEvent[] = []
  for (;;) {
    const before = all.at(-1)?.id ?? null
    const query = { userId, type: null, from: null, before, limit: PAGE }
    const page = await context.store.events.list(query)
    all.push(...page)
    if (page.length < PAGE) return all
  }
}
