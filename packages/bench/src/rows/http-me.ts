import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { quartilesOf } from '../quartiles.ts'
import type { Row } from '../row.ts'

const ROUNDS = 7
const SECONDS = 2
const CONNECTIONS = 32
const server = fileURLToPath(new URL('../load/two-servers.js', import.meta.url))

/** `GET /auth/me` with a bearer token on `node:http`, beside the same server that answers the same bytes without asking. */
export const httpMe: Row = {
  name: 'http-me',
  title: 'HTTP: `me` through the handler on Node',
  isPerEngine: false,
  async run(engine) {
    const child = fork(server, [engine.name])
    const [told] = await once(child, 'message')
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what two-servers.ts tells
    const { me, constant, token } = told as { me: number; constant: number; token: string }
    const headers = { authorization: `Bearer ${token}` }
    const rateOf = async (port: number): Promise<number> => {
      const url = `http://127.0.0.1:${port}/auth/me`
      const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS })
      if (result.non2xx > 0 || result.errors > 0) throw new Error('A request was refused.')
      return result.requests.average
    }
    await rateOf(me)
    const [ours, floor]: [number[], number[]] = [[], []]
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await rateOf(me))
      floor.push(await rateOf(constant))
    }
    child.kill()
    return {
      figures: [
        { name: 'me', value: quartilesOf(ours) },
        { name: 'a constant', value: quartilesOf(floor) },
      ],
      verdicts: [
        {
          what: 'rate of me ÷ a constant',
          value: quartilesOf(ours.map((rate, round) => rate / (floor[round] ?? Number.NaN))),
          bound: { atLeast: 0.7 },
        },
      ],
    }
  },
}
