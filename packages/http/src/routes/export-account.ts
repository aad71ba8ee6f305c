import * as v from 'valibot'
import { userRoute } from '../route.ts'
import { freshPassword, proofOf } from './fields.ts'

const rows = v.array(v.record(v.string(), v.unknown()))

const answer = v.object({
  exportedAt: v.pipe(v.string(), v.isoTimestamp()),
  user: v.record(v.string(), v.unknown()),
  sessions: rows,
  openCodes: rows,
  events: rows,
})

/** What `account/export` gives: every column, with times as ISO 8601. */
export type ExportAnswer = v.InferOutput<typeof answer>

/** All that the library holds on the person. It asks for a fresh authentication: it is what a thief would want. */
export const exportAccount = userRoute({
  summary: 'All that is kept about the person, without secrets.',
  body: v.strictObject({ password: freshPassword }),
  status: 200,
  answer,
  problems: ['reauthentication_required', 'invalid_credentials', 'rate_limited', 'busy'],
  async handle(call): Promise<ExportAnswer> {
    const { api, caller } = call
    await api.session.assertFresh(caller.user.id, proofOf(call))
    const found = await api.user.export(caller.user.id)
    return {
      exportedAt: found.exportedAt.toISOString(),
      user: { ...found.user },
      sessions: found.sessions.map((session) => ({ ...session })),
      openCodes: found.openCodes.map((openCode) => ({ ...openCode })),
      events: found.events.map((event) => ({ ...event })),
    }
  },
})
