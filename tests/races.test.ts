import { fileURLToPath } from 'node:url'
import {
  contractContext,
  forkRacers,
  races,
  type ContractContext,
  type Racers,
} from '@mindmesh/auth-adapter-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from './engines.ts'
import { orNone } from './support/or-none.ts'
import { repeats, shareOf } from './support/repeats.ts'

const ROUNDS = repeats('MINDMESH_RACE_ROUNDS', { usually: 1, thoroughly: 30 })
const module = fileURLToPath(new URL('support/race-worker.mjs', import.meta.url))
const shareable = dialects.filter((engine) => engine.isShareable)

describe.each(orNone(shareable))('races between processes on $name', (engine) => {
  const rounds = Math.ceil(ROUNDS * shareOf(engine))
  let racers: Racers
  let context: ContractContext
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await engine.open()
    close = opened.close
    context = contractContext(opened.store)
    racers = await forkRacers({ module, args: [JSON.stringify(opened.address)] })
  })
  afterAll(async () => {
    await racers.close()
    await close()
  })

  test.each(races)('$name', async (race) => {
    for (let round = 0; round < rounds; round += 1) {
      expect(await racers.run(race, context)).toBeUndefined()
    }
  })
})
