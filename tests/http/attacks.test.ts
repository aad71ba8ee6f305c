import { MindmeshAuth } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import {
  attackCases,
  attackContext,
  httpAttackCases,
  surfaceOverHttp,
  type Attacked,
  type AttackParts,
  type HttpTarget,
} from '@mindmesh/auth-adapter-kit/attacks'
import { authHandler } from '@mindmesh/auth-http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BASE } from './support/site.ts'

/** Failures that the app was told of: an attack that causes one has broken something. */
let failures: unknown[]
let open: (parts: AttackParts) => MindmeshAuth

beforeEach(() => {
  failures = []
  const adapter = memoryStore()
  open = (parts) => new MindmeshAuth({ ...parts, adapter })
})
afterEach(() => expect(failures).toEqual([]))

/** The routes of an instance, as a server with a socket has them; without a peer nobody knows the address. */
function routesOf(mindmesh: Attacked): HttpTarget {
  const onError = (error: unknown): void => void failures.push(error)
  const handler = authHandler(mindmesh as MindmeshAuth, { onError })
  const envOf = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } })
  return {
    base: BASE,
    fetch: async (request, peer) => handler.fetch(request, peer === '' ? undefined : envOf(peer)),
  }
}

test.each(httpAttackCases.map((each) => [each.name, each] as const))(
  'http: %s',
  async (_, { run }) => {
    const context = attackContext(open)
    expect(await run({ ...context, target: routesOf(context.app) })).toBeUndefined()
    await context.app.close()
  },
)

test.each(attackCases.map((each) => [`${each.group}: ${each.name}`, each] as const))(
  '%s',
  async (_, { run }) => {
    const context = attackContext(open, {
      surface: (mindmesh, request) => surfaceOverHttp(routesOf(mindmesh), request),
    })
    expect(await run(context)).toBeUndefined()
    await context.app.close()
  },
)

test('http: no two attacks have one name', () => {
  const names = httpAttackCases.map((each) => each.name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
