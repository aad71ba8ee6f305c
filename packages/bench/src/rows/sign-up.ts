import { randomUUID } from 'node:crypto'
import { hash } from '@node-rs/argon2'
import { alternate, type Contender } from '../alternate.ts'
import { newAddress, ours, PASSWORD } from '../ours.ts'
import { betterAuthPeer } from '../peers/better-auth.ts'
import { costs, figuresOf, type Row } from '../row.ts'

const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** `auth.register`, beside the bare hash and the same rows written in one transaction on the bare driver. */
export const signUp: Row = {
  name: 'sign-up',
  title: 'Sign-up',
  isPerEngine: true,
  async run(engine) {
    const database = await engine.open()
    const instance = ours(database.adapter)
    const peer = await betterAuthPeer({ database: database.betterAuth })
    const us: Contender = {
      name: 'Mindmesh Auth',
      run: async () => instance.mindmesh.auth.register(newAddress(), PASSWORD),
    }
    const floor: Contender = {
      name: 'the bare argon2id call and one transaction',
      run: async () => {
        const [id, eventId] = [randomUUID(), randomUUID()]
        const passwordHash = await hash(PASSWORD, ARGON2ID)
        return database.insertUser({
          id,
          eventId,
          email: newAddress(),
          passwordHash,
          at: new Date(),
        })
      },
    }
    const betterAuth: Contender = {
      name: 'Better Auth (scrypt)',
      run: async () => peer.newPerson(),
    }
    const rates = await alternate([us, floor, betterAuth], { milliseconds: 300 })
    await instance.mindmesh.close()
    await database.close()
    return { figures: figuresOf(rates), verdicts: [costs(rates, us, floor, 1.2)] }
  },
}
