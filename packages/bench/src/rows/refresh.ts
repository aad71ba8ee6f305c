import { fastHasher } from '@mindmesh/auth/testing'
import { alternate, type Contender } from '../alternate.ts'
import { newPerson, ours } from '../ours.ts'
import { betterAuthPeer } from '../peers/better-auth.ts'
import { figuresOf, outruns, type Row } from '../row.ts'

/** `auth.refresh`: the token rotated, with its event. Better Auth's like: a session check that renews the session. */
export const refresh: Row = {
  name: 'refresh',
  title: 'Refresh a session',
  isPerEngine: true,
  async run(engine) {
    const database = await engine.open()
    const instance = ours(database.adapter, { passwordHasher: fastHasher() })
    const person = await newPerson(instance)
    let { refreshToken } = person
    const { sessionId } = await instance.mindmesh.auth.verifyAccessToken(person.accessToken)
    const peer = await betterAuthPeer({ database: database.betterAuth, renewsAlways: true })
    const { headers } = await peer.newPerson()
    const us: Contender = {
      name: 'Mindmesh Auth',
      run: async () => {
        const tokens = await instance.mindmesh.auth.refresh(refreshToken)
        refreshToken = tokens.refreshToken
      },
    }
    const betterAuth: Contender = {
      name: 'Better Auth, session update',
      run: async () => peer.getSession(headers),
    }
    const floor: Contender = {
      name: 'one bare update',
      run: async () => database.touchSession(sessionId),
    }
    const rates = await alternate([us, betterAuth, floor])
    await instance.mindmesh.close()
    await database.close()
    return { figures: figuresOf(rates), verdicts: [outruns(rates, us, betterAuth, 3)] }
  },
}
