import { hash, verify } from '@node-rs/argon2'
import { alternate, type Contender } from '../alternate.ts'
import { newAddress, ours, PASSWORD } from '../ours.ts'
import { betterAuthPeer } from '../peers/better-auth.ts'
import { costs, figuresOf, outruns, type Row } from '../row.ts'

/** `@node-rs/argon2` as we call it by default: argon2id, 19,456 KiB, two passes. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** `auth.login`: limits, the hash, the code issued and its mail put into the outbox. */
export const passwordStep: Row = {
  name: 'password-step',
  title: 'Login, password step',
  isPerEngine: true,
  async run(engine) {
    const database = await engine.open()
    const instance = ours(database.adapter)
    const address = newAddress()
    await instance.mindmesh.auth.register(address, PASSWORD)
    const stored = await hash(PASSWORD, ARGON2ID)
    const scrypt = await betterAuthPeer({ database: database.betterAuth })
    const argon = await betterAuthPeer({ database: database.betterAuth, hash: argon2id })
    const [inScrypt, inArgon] = [await scrypt.newPerson(), await argon.newPerson()]
    const us: Contender = {
      name: 'Mindmesh Auth (argon2id)',
      run: async () => instance.mindmesh.auth.login(address, PASSWORD),
    }
    const floor: Contender = {
      name: 'the bare argon2id call',
      run: async () => verify(stored, PASSWORD),
    }
    const byDefault: Contender = {
      name: 'Better Auth, its default hash (scrypt)',
      run: async () => scrypt.signIn(inScrypt.email),
    }
    const equal: Contender = {
      name: 'Better Auth, argon2id',
      run: async () => argon.signIn(inArgon.email),
    }
    const rates = await alternate([us, floor, byDefault, equal], { milliseconds: 300 })
    await instance.mindmesh.close()
    await database.close()
    return {
      figures: figuresOf(rates),
      verdicts: [costs(rates, us, floor, 1.2), outruns(rates, us, byDefault, 5)],
    }
  },
}

const argon2id = {
  hash: async (password: string) => hash(password, ARGON2ID),
  verify: async (data: { hash: string; password: string }) => verify(data.hash, data.password),
}
