import type { EngineEntry } from './list.ts'
import { serverNames, type FoundServer, type ServerName } from './server.ts'

/** What a run tests on, and what it does not. */
export interface Selection {
  /** The names of the engines that the tests run on. */
  readonly chosen: readonly string[]
  /** Of these the first of each dialect, and those without one; all of them where the run is thorough. */
  readonly ofEachDialect: readonly string[]
  /** Engines, or servers for which there is no engine, with the reason. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[]
  /** Why the run must not start: a name that does not exist, or a required one that is left out. */
  readonly problems: readonly string[]
}

/**
 * Chooses the engines of a run. `MINDMESH_TEST_ENGINES` names the only ones to run; `MINDMESH_REQUIRE_ENGINES` names
 * engines or servers that must not be left out. Both are lists with commas. `MINDMESH_THOROUGH` is set for a thorough run.
 */
export function selectEngines(
  entries: readonly EngineEntry[],
  {
    servers,
    env,
  }: {
    readonly servers: Readonly<Record<ServerName, FoundServer>>
    readonly env: NodeJS.ProcessEnv
  },
): Selection {
  const only = namesIn(env['MINDMESH_TEST_ENGINES'])
  const required = namesIn(env['MINDMESH_REQUIRE_ENGINES'])
  const engines = entries.map(({ name, server }) => ({ name, server }))
  const candidates = [
    ...engines,
    ...serverNames
      .filter((server) => engines.every((engine) => engine.name !== server))
      .map((server) => ({ name: server, server })),
  ]
  const leftOut = candidates.flatMap(({ name, server }) => {
    const found = server === null ? null : servers[server]
    if (found !== null && 'missing' in found) return [{ name, reason: found.missing }]
    const isUnwanted = only.length > 0 && !only.includes(name)
    return isUnwanted ? [{ name, reason: 'not in MINDMESH_TEST_ENGINES' }] : []
  })
  const reasons = new Map(leftOut.map(({ name, reason }) => [name, reason]))
  const known = new Set(candidates.map(({ name }) => name))
  const reached = entries.filter(({ name }) => !reasons.has(name))
  const isFirst = ({ dialect }: EngineEntry, index: number): boolean =>
    dialect === null || reached.findIndex((each) => each.dialect === dialect) === index
  const isThorough = Boolean(env['MINDMESH_THOROUGH'])
  return {
    chosen: namesOf(reached),
    ofEachDialect: namesOf(isThorough ? reached : reached.filter(isFirst)),
    leftOut,
    problems: [...new Set([...only, ...required])].flatMap((name) => {
      if (!known.has(name)) return [`There is no engine ${name}: ${[...known].join(', ')}.`]
      const reason = required.includes(name) ? reasons.get(name) : undefined
      return reason === undefined ? [] : [`The engine ${name} is required: ${reason}.`]
    }),
  }
}

function namesOf(entries: readonly EngineEntry[]): readonly string[] {
  return entries.map(({ name }) => name)
}

function namesIn(list = ''): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** The lines with which a run ends, so that nobody takes a part for the whole. */
export function summaryOf({ chosen, ofEachDialect, leftOut }: Selection): string {
  const reasons = new Set(leftOut.map(({ reason }) => reason))
  const groups = [...reasons].map((reason) => {
    const names = leftOut.filter((engine) => engine.reason === reason).map(({ name }) => name)
    return `${names.join(', ')} (${reason})`
  })
  const lines = [`Engines: ${chosen.join(', ')}`]
  if (ofEachDialect.length < chosen.length) {
    const names = ofEachDialect.join(', ')
    lines.push(`What takes long: ${names} (on all, and more of it, with MINDMESH_THOROUGH=1)`)
  }
  if (groups.length > 0) lines.push(`Left out: ${groups.join(', ')}`)
  return lines.join('\n')
}
