import { fileURLToPath } from 'node:url'
import { MindmeshAuth } from '@mindmesh/auth'
import { forkRacers, type Racers } from '@mindmesh/auth-adapter-kit'
import { attackContext, attackRaces, type AttackContext } from '@mindmesh/auth-adapter-kit/attacks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from './engines.ts'
import { orNone } from './support/or-none.ts'
import { repeats } from './support/repeats.ts'

const ROUNDS = repeats('MINDMESH_ATTACK_ROUNDS', { usually: 1, thoroughly: 2 })
const module = fileURLToPath(new URL('support/attack-worker.mjs', import.meta.url))
const shareable = dialects.filter((engine) => engine.isShareable)

describe.each(orNone(shareable))('attacks by several processes on $name', (engine) => {
  let racers: Racers<AttackContext>
  let context: AttackContext
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await engine.open()
    close = opened.close
    context = attackContext((parts) => new MindmeshAuth({ ...parts, adapter: opened.store }))
    racers = await forkRacers({ module, args: [JSON.stringify(opened.address)] })
  })
  afterAll(async () => {
    await racers.close()
    await context.app.close()
    await close()
  })

  test.each(attackRaces.map((race) => [race.name, race] as const))('%s', async (_, race) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      expect(await racers.run(race, context)).toBeUndefined()
    }
  })
})
