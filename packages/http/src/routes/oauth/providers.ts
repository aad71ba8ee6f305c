import * as v from 'valibot'
import { openRoute } from '../../route.ts'

/** What `oauth/providers` gives. */
export interface ProvidersAnswer {
  readonly providers: { readonly id: string; readonly name: string }[]
}

/** The app's providers, for its buttons. */
export const providers = openRoute({
  summary: 'The providers that people can sign in with.',
  access: 'anyone',
  status: 200,
  answer: v.object({ providers: v.array(v.object({ id: v.string(), name: v.string() })) }),
  problems: [],
  async handle({ api }): Promise<ProvidersAnswer> {
    return { providers: api.oauth.providers().map(({ id, name }) => ({ id, name })) }
  },
})
