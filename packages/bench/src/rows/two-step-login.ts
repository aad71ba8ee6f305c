import { fastHasher } from '@mindmesh/auth/testing'
import { alternate, type Contender } from '../alternate.ts'
import { newPerson, ours, signIn } from '../ours.ts'
import { betterAuthPeer } from '../peers/better-auth.ts'
import { figuresOf, outruns, type Row } from '../row.ts'

/** The whole sign-in with a password and a mailed code. The hash is a stub, the same for both: it would hide the rest. */
export const twoStepLogin: Row = {
  name: 'two-step-login',
  title: 'Login, both steps, with a stub for the hash',
  isPerEngine: true,
  async run(engine) {
    const database = await engine.open()
    const hasher = fastHasher()
    const instance = ours(database.adapter, { passwordHasher: hasher })
    const { email } = await newPerson(instance)
    const peer = await betterAuthPeer({
      database: database.betterAuth,
      usesSecondStep: true,
      hash: {
        hash: async (password) => hasher.hash(password),
        verify: async ({ hash, password }) => hasher.verify(hash, password),
      },
    })
    const theirs = await peer.newPerson()
    const us: Contender = { name: 'Mindmesh Auth', run: async () => signIn(instance, email) }
    const betterAuth: Contender = {
      name: 'Better Auth, two-factor plugin',
      run: async () => peer.signInWithCode(theirs.email),
    }
    const rates = await alternate([us, betterAuth], { milliseconds: 200 })
    await instance.mindmesh.close()
    await database.close()
    return { figures: figuresOf(rates), verdicts: [outruns(rates, us, betterAuth, 3)] }
  },
}
