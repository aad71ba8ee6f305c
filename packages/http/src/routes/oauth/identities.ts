import * as v from 'valibot'
import { userRoute } from '../../route.ts'
import { identitySchema, showIdentity, type ShownIdentity } from './identity.ts'

/** What `oauth/identities` gives. */
export interface IdentitiesAnswer {
  /** Oldest first. */
  readonly identities: ShownIdentity[]
}

/** The identities that the person can sign in with. */
export const identities = userRoute({
  summary: 'The identities at providers, oldest first.',
  status: 200,
  answer: v.object({ identities: v.array(identitySchema) }),
  problems: [],
  async handle({ api, caller }): Promise<IdentitiesAnswer> {
    return { identities: (await api.oauth.list(caller.user.id)).map(showIdentity) }
  },
})
