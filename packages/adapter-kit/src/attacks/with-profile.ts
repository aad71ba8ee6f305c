import type { MindmeshApi } from '@mindmesh/auth'
import type { Attacked } from './attack-context.ts'

/** The instance, with the columns that the app's table requires filled in wherever a case registers somebody. */
export function withProfile(app: Attacked, profile: object): Attacked {
  const { otp, password, user, session, oauth, events, mail, maintenance } = app
  return {
    auth: filledIn(app.auth, profile),
    otp,
    password,
    user,
    session,
    oauth,
    events,
    mail,
    maintenance,
    withContext(request) {
      const api = app.withContext(request)
      return { ...api, auth: filledIn(api.auth, profile) }
    },
    close: async () => app.close(),
  }
}

/** What a case gives itself is passed on as it is: it may be the attack. */
function filledIn(auth: MindmeshApi['auth'], profile: object): MindmeshApi['auth'] {
  return {
    ...auth,
    register: async (email, password, given = profile) => auth.register(email, password, given),
  }
}
