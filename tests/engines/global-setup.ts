import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { browserSummary, findBrowser } from '../browser/support/find-browser.ts'
import { isLeftOver, isOfRun, newRunId } from './database-name.ts'
import { engineList } from './list.ts'
import { selectEngines, summaryOf } from './select-engines.ts'
import { dropChosen, findServer, serverNames } from './server.ts'
import type { FoundServer, ServerName } from './server.ts'
import { serverKinds } from './server-kinds.ts'

/** What is found once and told to every test file. */
export interface EngineRun {
  readonly id: string
  readonly servers: Readonly<Record<ServerName, FoundServer>>
  readonly chosen: readonly string[]
  readonly ofEachDialect: readonly string[]
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly engineRun: EngineRun
    /** The browser's program; `null` where there is none. */
    readonly browserPath: string | null
  }
}

/** Makes the Prisma clients of the tests where they are missing or stale. */
const generator = fileURLToPath(
  new URL('../../scripts/generate-prisma-clients.mjs', import.meta.url),
)

/** Finds the servers and the browser before the first test, and clears away what the tests made after the last. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (project.vitest.projects.every(({ name }) => name === 'unit')) return undefined
  execFileSync(process.execPath, [generator])
  const browser = findBrowser(process.env)
  project.provide('browserPath', 'path' in browser ? browser.path : null)
  const id = newRunId()
  const search = { env: process.env, runId: id }
  const servers = {
    postgres: await findServer(serverKinds.postgres, search),
    mysql: await findServer(serverKinds.mysql, search),
  }
  const selection = selectEngines(engineList, { servers, env: process.env })
  if (selection.problems.length > 0) throw new Error(selection.problems.join('\n'))
  await dropOnAll(servers, (name) => isLeftOver(name, new Date()))
  const { chosen, ofEachDialect } = selection
  project.provide('engineRun', { id, servers, chosen, ofEachDialect })
  return async () => {
    await dropOnAll(servers, (name) => isOfRun(name, id))
    console.log(`${summaryOf(selection)}\n${browserSummary(browser)}`)
  }
}

async function dropOnAll(
  servers: Readonly<Record<ServerName, FoundServer>>,
  isChosen: (name: string) => boolean,
): Promise<void> {
  for (const name of serverNames) {
    const server = servers[name]
    if ('url' in server) await dropChosen(serverKinds[name], server.url, isChosen)
  }
}
