import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fastHasher } from '@mindmesh/auth/testing'
import { newPerson, ours } from '../ours.ts'
import { quartilesOf } from '../quartiles.ts'
import type { Row } from '../row.ts'

const WARM_UP = 20_000
const REQUESTS = 200_000

/** What is left on the heap by two hundred thousand session checks, each in a request context of its own. */
export const memory: Row = {
  name: 'memory',
  title: 'Memory over 200,000 requests',
  isPerEngine: true,
  async run(engine) {
    const database = await engine.open()
    const instance = ours(database.adapter, { passwordHasher: fastHasher() })
    const { accessToken } = await newPerson(instance)
    const request = async (): Promise<unknown> =>
      instance.mindmesh
        .withContext({ ipAddress: '192.0.2.1', userAgent: 'bench' })
        .auth.getUserFromToken(accessToken)
    for (let done = 0; done < WARM_UP; done += 1) await request()
    const before = heapInUse()
    for (let done = 0; done < REQUESTS; done += 1) await request()
    const growth = (heapInUse() - before) / 1e6
    await instance.mindmesh.close()
    await database.close()
    return {
      figures: [{ name: 'heap in use', value: quartilesOf([before / 1e6]), unit: 'MB' }],
      verdicts: [
        {
          what: 'growth of the heap in use: less than ten bytes a request',
          value: quartilesOf([growth]),
          unit: 'MB',
          bound: { atMost: 2 },
        },
      ],
    }
  },
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the flag makes
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
