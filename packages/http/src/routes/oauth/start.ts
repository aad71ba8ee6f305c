import * as v from 'valibot'
import { openRoute } from '../../route.ts'
import { modeSchema } from '../../tokens.ts'
import { provider, redirectTo, targetOf } from '../fields.ts'
import { begunSchema, handOverStart, type BegunAnswer } from './begun.ts'

/** Begins a sign-in at a provider, for clients that go there by themselves. A page may simply link to `GET /oauth/:provider`. */
export const start = openRoute({
  summary: 'Begin a sign-in at a provider.',
  access: 'session',
  body: v.strictObject({ provider, redirectTo, mode: modeSchema }),
  status: 200,
  answer: begunSchema,
  problems: ['rate_limited'],
  async handle(call): Promise<BegunAnswer> {
    const { provider: id, redirectTo: target } = call.body
    const begun = await call.api.oauth.authorize(id, targetOf(target))
    return handOverStart(call, id, begun)
  },
})
