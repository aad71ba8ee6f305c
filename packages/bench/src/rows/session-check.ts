import { fastHasher } from '@mindmesh/auth/testing'
import { alternate, type Contender } from '../alternate.ts'
import { newPerson, ours } from '../ours.ts'
import { betterAuthPeer } from '../peers/better-auth.ts'
import { luciaSessionCheck } from '../peers/lucia.ts'
import { costs, figuresOf, outruns, type Row } from '../row.ts'

/** `auth.getUserFromToken`: the token verified and the session and its user read, so that a revocation holds at once. */
export const sessionCheck: Row = {
  name: 'session-check',
  title: 'Session check with the database',
  isPerEngine: true,
  async run(engine) {
    const database = await engine.open()
    const instance = ours(database.adapter, { passwordHasher: fastHasher() })
    const { accessToken } = await newPerson(instance)
    const { sessionId } = await instance.mindmesh.auth.verifyAccessToken(accessToken)
    const peer = await betterAuthPeer({ database: database.betterAuth })
    const { headers } = await peer.newPerson()
    const us: Contender = {
      name: 'Mindmesh Auth',
      run: async () => instance.mindmesh.auth.getUserFromToken(accessToken),
    }
    const floor: Contender = {
      name: 'the bare query',
      run: async () => database.findSession(sessionId),
    }
    const betterAuth: Contender = {
      name: 'Better Auth',
      run: async () => found(await peer.getSession(headers)),
    }
    const lucia: Contender = { name: 'Lucia 3', run: await luciaSessionCheck(database) }
    const contenders = [us, floor, betterAuth, lucia]
    const one = await alternate(contenders)
    const sixteen = await alternate(contenders, { callers: 16 })
    await instance.mindmesh.close()
    await database.close()
    return {
      figures: [...figuresOf(one, ', 1 caller'), ...figuresOf(sixteen, ', 16 callers')],
      verdicts: [
        costs(one, us, floor, 2.5),
        outruns(one, us, betterAuth, 5),
        { ...outruns(sixteen, us, betterAuth, 5), what: '… with 16 callers' },
      ],
    }
  },
}

/** A check that finds nobody would be fast for the wrong reason. */
function found(session: unknown): unknown {
  if (session === null) throw new Error('Better Auth refused the session.')
  return session
}
