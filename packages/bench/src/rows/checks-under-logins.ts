import { monitorEventLoopDelay } from 'node:perf_hooks'
import { quantileOf, quartilesOf } from '../quartiles.ts'
import { newAddress, newPerson, ours, PASSWORD, type Ours } from '../ours.ts'
import type { Row } from '../row.ts'

const LOGINS = 50
const ROUNDS = 5
/** Between two checks, so that they come as requests do. */
const PAUSE_MS = 2

/** How long session checks take while fifty people sign in at once in the same process, with the real hash. */
export const checksUnderLogins: Row = {
  name: 'checks-under-logins',
  title: 'Session checks while 50 logins run',
  isPerEngine: true,
  async run(engine) {
    const database = await engine.open()
    const instance = ours(database.adapter)
    const { accessToken } = await newPerson(instance)
    const addresses = Array.from({ length: LOGINS }, newAddress)
    for (const address of addresses) await instance.mindmesh.auth.register(address, PASSWORD)
    const check = async (): Promise<unknown> => instance.mindmesh.auth.getUserFromToken(accessToken)
    await p99While(check, async () => pause(500))
    const rounds = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const quiet = await p99While(check, async () => pause(1000))
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      const busy = await p99While(check, async () => signInAll(instance, addresses))
      delay.disable()
      rounds.push({ quiet, busy, blocked: delay.percentile(99) / 1e6 })
    }
    await instance.mindmesh.close()
    await database.close()
    return {
      figures: [
        { name: 'p99 alone', value: quartilesOf(rounds.map(({ quiet }) => quiet)), unit: 'ms' },
        {
          name: 'p99 under logins',
          value: quartilesOf(rounds.map(({ busy }) => busy)),
          unit: 'ms',
        },
      ],
      verdicts: [
        {
          what: 'p99 under logins ÷ p99 alone',
          value: quartilesOf(rounds.map(({ quiet, busy }) => busy / quiet)),
          bound: { atMost: 3 },
        },
        {
          what: 'delay of the event loop, p99',
          value: quartilesOf(rounds.map(({ blocked }) => blocked)),
          unit: 'ms',
          bound: { atMost: 20 },
        },
      ],
    }
  },
}

async function signInAll({ mindmesh }: Ours, addresses: readonly string[]): Promise<void> {
  await Promise.all(addresses.map(async (address) => mindmesh.auth.login(address, PASSWORD)))
}

/** The time under which 99 of 100 checks stay while something else goes on, in milliseconds. */
async function p99While(
  check: () => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<number> {
  const times: number[] = []
  const state = { isOver: false }
  const checking = (async () => {
    while (!state.isOver) {
      const began = performance.now()
      await check()
      times.push(performance.now() - began)
      await pause(PAUSE_MS)
    }
  })()
  await work()
  state.isOver = true
  await checking
  return quantileOf(
    times.toSorted((a, b) => a - b),
    0.99,
  )
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}
