import { expect, test } from 'vitest'
import type { EngineEntry } from './list.ts'
import { selectEngines, summaryOf } from './select-engines.ts'
import type { FoundServer, ServerName } from './server.ts'

const onServer = (name: string, server: ServerName): EngineEntry => ({
  name,
  isShareable: true,
  dialect: server,
  server,
  connect: async () => Promise.reject(new Error('not opened here')),
})
const entries: readonly EngineEntry[] = [
  {
    name: 'sqlite',
    isShareable: true,
    dialect: 'sqlite',
    server: null,
    create: async () => Promise.reject(new Error('not opened here')),
  },
  onServer('postgres', 'postgres'),
  onServer('prisma-postgres', 'postgres'),
  onServer('mysql', 'mysql'),
]
const here: FoundServer = { url: 'postgres://somewhere' }
const gone: FoundServer = { missing: 'nothing listens' }

test('selection: everything runs where everything is there', () => {
  const selection = selectEngines(entries, { servers: { postgres: here, mysql: here }, env: {} })
  expect(selection.chosen).toEqual(['sqlite', 'postgres', 'prisma-postgres', 'mysql'])
  expect(selection).toMatchObject({ leftOut: [], problems: [] })
  expect(summaryOf(selection)).toContain('Engines: sqlite, postgres, prisma-postgres, mysql\n')
})

test('selection: what takes long runs on the first of each dialect, and on all in a thorough run', () => {
  const servers = { postgres: here, mysql: here }
  const usual = selectEngines(entries, { servers, env: {} })
  expect(usual.ofEachDialect).toEqual(['sqlite', 'postgres', 'mysql'])
  expect(summaryOf(usual)).toContain(
    'What takes long: sqlite, postgres, mysql (on all, and more of it, with MINDMESH_THOROUGH=1)',
  )
  const thorough = selectEngines(entries, { servers, env: { MINDMESH_THOROUGH: '1' } })
  expect(thorough.ofEachDialect).toEqual(thorough.chosen)
  expect(summaryOf(thorough)).not.toContain('THOROUGH')
})

test('selection: where the first of a dialect is left out, the next stands for it', () => {
  const env = { MINDMESH_TEST_ENGINES: 'prisma-postgres, sqlite' }
  const selection = selectEngines(entries, { servers: { postgres: here, mysql: here }, env })
  expect(selection.ofEachDialect).toEqual(['sqlite', 'prisma-postgres'])
})

test('selection: the engines of a server that is not there are left out and named', () => {
  const selection = selectEngines(entries, { servers: { postgres: gone, mysql: here }, env: {} })
  expect(selection.chosen).toEqual(['sqlite', 'mysql'])
  expect(selection.problems).toEqual([])
  expect(summaryOf(selection)).toBe(
    'Engines: sqlite, mysql\nLeft out: postgres, prisma-postgres (nothing listens)',
  )
})

test('selection: a missing server is named though no engine uses it', () => {
  const servers = { postgres: gone, mysql: gone }
  const selection = selectEngines(entries.slice(0, 1), { servers, env: {} })
  expect(summaryOf(selection)).toBe('Engines: sqlite\nLeft out: postgres, mysql (nothing listens)')
})

test('selection: a required engine that is left out is a problem, for whatever reason', () => {
  const servers = { postgres: gone, mysql: here }
  const problemsWith = (env: NodeJS.ProcessEnv): readonly string[] =>
    selectEngines(entries, { servers, env }).problems
  expect(problemsWith({ MINDMESH_REQUIRE_ENGINES: 'sqlite, mysql' })).toEqual([])
  expect(problemsWith({ MINDMESH_REQUIRE_ENGINES: 'mysql,postgres' })).toEqual([
    'The engine postgres is required: nothing listens.',
  ])
  expect(
    problemsWith({ MINDMESH_REQUIRE_ENGINES: 'mysql', MINDMESH_TEST_ENGINES: 'sqlite' }),
  ).toEqual(['The engine mysql is required: not in MINDMESH_TEST_ENGINES.'])
})

test('selection: a required server is checked before an engine uses it', () => {
  const env = { MINDMESH_REQUIRE_ENGINES: 'postgres,mysql' }
  const servers = { postgres: here, mysql: gone }
  expect(selectEngines(entries.slice(0, 1), { servers, env }).problems).toEqual([
    'The engine mysql is required: nothing listens.',
  ])
})

test('selection: only the engines that were asked for run', () => {
  const env = { MINDMESH_TEST_ENGINES: 'prisma-postgres, sqlite' }
  const selection = selectEngines(entries, { servers: { postgres: here, mysql: gone }, env })
  expect(selection.chosen).toEqual(['sqlite', 'prisma-postgres'])
  expect(summaryOf(selection)).toContain('postgres (not in MINDMESH_TEST_ENGINES)')
})

test('selection: a name that no engine has is a problem', () => {
  const servers = { postgres: here, mysql: here }
  for (const name of ['MINDMESH_TEST_ENGINES', 'MINDMESH_REQUIRE_ENGINES'])
    expect(selectEngines(entries, { servers, env: { [name]: 'oracle' } }).problems).toEqual([
      'There is no engine oracle: sqlite, postgres, prisma-postgres, mysql.',
    ])
})
