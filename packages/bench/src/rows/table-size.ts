import { fastHasher } from '@mindmesh/auth/testing'
import { alternate, type Contender } from '../alternate.ts'
import type { BenchDatabase, BenchEngine } from '../engines/bench-engine.ts'
import { newPerson, ours, signIn, type Ours } from '../ours.ts'
import { quartilesOf, type Quartiles } from '../quartiles.ts'
import type { Row, Verdict } from '../row.ts'

const SMALL = 1000
const LARGE = 1_000_000

/** What sign-in, refresh and session check cost with a thousand users and with a million, each with a session. */
export const tableSize: Row = {
  name: 'table-size',
  title: 'Cost from 10³ to 10⁶ users',
  isPerEngine: true,
  async run(engine) {
    const [small, large] = [await open(engine, SMALL), await open(engine, LARGE)]
    const verdicts: Verdict[] = []
    for (const name of Object.keys(small.calls)) {
      const contenders = [small, large].map(({ users, calls }): Contender => ({
        name: `${users}`,
        run: calls[name] ?? (() => undefined),
      }))
      const rates = await alternate(contenders)
      verdicts.push({
        what: `time of ${name}: ${LARGE.toLocaleString('en-US')} ÷ ${SMALL.toLocaleString('en-US')} users`,
        value: slowdown(rates.get(`${SMALL}`) ?? [], rates.get(`${LARGE}`) ?? []),
        bound: { atMost: 1.3 },
      })
    }
    for (const { close } of [small, large]) await close()
    return { figures: [], verdicts }
  },
}

function slowdown(small: readonly number[], large: readonly number[]): Quartiles {
  return quartilesOf(small.map((rate, round) => rate / (large[round] ?? Number.NaN)))
}

async function open(engine: BenchEngine, users: number) {
  const database = await engine.open()
  await fill(engine, database, users)
  const instance = ours(database.adapter, { passwordHasher: fastHasher() })
  const close = async (): Promise<void> => {
    await instance.mindmesh.close()
    await database.close()
  }
  return { users, close, calls: await callsOf(instance) }
}

async function callsOf(instance: Ours): Promise<Readonly<Record<string, () => Promise<unknown>>>> {
  const { auth } = instance.mindmesh
  const { email, accessToken, ...person } = await newPerson(instance)
  let { refreshToken } = person
  return {
    login: async () => signIn(instance, email),
    refresh: async () => {
      const tokens = await auth.refresh(refreshToken)
      refreshToken = tokens.refreshToken
    },
    'session check': async () => auth.getUserFromToken(accessToken),
  }
}

/** Rows of people that the library would have written, made where they are kept. */
async function fill(engine: BenchEngine, database: BenchDatabase, users: number): Promise<void> {
  const isSqlite = engine.name === 'sqlite'
  const numbers = isSqlite
    ? `(with recursive n (i) as (select 1 union all select i + 1 from n where i < ${users}) select i from n)`
    : `(select i from generate_series(1, ${users}) i) as n`
  const id = isSqlite
    ? `printf('%08d-0000-7000-8000-%012d', i, i)`
    : `format('%s-0000-7000-8000-%s', lpad(i::text, 8, '0'), lpad(i::text, 12, '0'))`
  const [now, later] = isSqlite
    ? [`${Date.now()}`, `${Date.now() + 86_400_000}`]
    : ['now()', `now() + interval '1 day'`]
  await database.execute(`insert into users (id, email, display_email, created_at, updated_at)
    select ${id}, 'person' || i || '@example.org', 'person' || i || '@example.org', ${now}, ${now} from ${numbers}`)
  await database.execute(`insert into auth_sessions (id, user_id, refresh_salt, refresh_generation, rotated_at,
      expires_at, last_used_at, auth_methods, authenticated_at, created_at)
    select ${id}, ${id}, 'salt', 1, ${now}, ${later}, ${now}, '["pwd"]', ${now}, ${now} from ${numbers}`)
  // The server would do so by itself, a little later.
  await database.execute(isSqlite ? 'pragma optimize' : 'analyze')
}
