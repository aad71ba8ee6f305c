import SwaggerParser from '@apidevtools/swagger-parser'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeProvider, personAt, type FakeProvider } from '../support/fake-provider.ts'
import { PASSWORD } from '../support/instance.ts'
import type { Answer } from './support/browser.ts'
import { ANNA, openSite, type Site } from './support/site.ts'

interface Operation {
  readonly operationId: string
  readonly security: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: 'path' | 'query' }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
type Content = Readonly<Record<string, { readonly schema: { readonly properties?: object } }>>
interface Document {
  readonly openapi: string
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: object
}

let site: Site
let document: Document
let hub: FakeProvider

beforeEach(async () => {
  hub = fakeProvider('hub')
  site = openSite({ providers: [hub] })
  document = (await site.send('/openapi.json')).json
})
afterEach(async () => site.mindmesh.close())

test('document: it is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toMatch(/^3\.1\./)
  await expect(SwaggerParser.validate(structuredClone(document) as never)).resolves.toBeDefined()
})

test('document: operations have names of their own, and every route is there', () => {
  expect(operationIds().size).toBe(29)
  expect(document.servers).toEqual([{ url: '/auth' }])
})

/**
 * A client that knows nothing but the document: it fills a body from what it has by the names of the fields, shows
 * its token where the document wants one, and holds every answer against the schema of its status.
 */
class Reader {
  readonly has: Record<string, unknown> = {}
  readonly called = new Set<string>()
  #cookie = ''
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })

  constructor() {
    formats.default(this.#ajv)
    this.#ajv.addSchema({ $id: 'document', ...document })
  }

  async call(operationId: string): Promise<Answer> {
    const [path, method, operation] = find(operationId)
    const schema = operation.requestBody?.content['application/json']?.schema
    const body = schema && this.#valuesOf(schema)
    const shown = operation.security.length > 0 || operationId === 'logout'
    const headers = shown ? { authorization: `Bearer ${String(this.has['accessToken'])}` } : {}
    const answer = await site.send(path, { method: method.toUpperCase(), body, headers })
    this.#check(answer, `/paths/${escape(path)}/${method}/responses/${answer.status}`)
    this.called.add(operationId)
    return answer
  }

  /** As a browser goes there: parameters, forms and the cookie of what was begun, and no token. Gives where it is sent on to. */
  async go(operationId: string): Promise<string> {
    const [path, method, { parameters = [], requestBody }] = find(operationId)
    const own = this.#valuesOf({
      properties: Object.fromEntries(parameters.map((p) => [p.name, p])),
    })
    const query = new URLSearchParams()
    let place = path
    for (const { name, in: where } of parameters) {
      if (where === 'path') place = place.replace(`{${name}}`, String(own[name]))
      else if (name in own) query.set(name, String(own[name]))
    }
    const [type, form] = Object.entries(requestBody?.content ?? {})[0] ?? []
    const body = form && new URLSearchParams(this.#valuesOf(form.schema) as never).toString()
    const headers = {
      cookie: this.#cookie,
      ...(type === undefined ? {} : { 'content-type': type }),
    }
    const sent = { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) }
    const answer = await site.send(`${place}?${query}`, sent)
    this.#check(answer, `/paths/${escape(path)}/${method}/responses/${answer.status}`)
    this.called.add(operationId)
    this.#cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    return answer.headers.get('location') ?? ''
  }

  #valuesOf(schema: { readonly properties?: object }): Record<string, unknown> {
    const names = Object.keys(schema.properties ?? {}).filter((name) => name in this.has)
    return Object.fromEntries(names.map((name) => [name, this.has[name]]))
  }

  #check(answer: Answer, pointer: string): void {
    const described = resolve(pointer)
    expect({ pointer, described }).toEqual({ pointer, described: expect.anything() })
    const [type] = Object.keys(described?.content ?? {})
    expect(answer.headers.get('content-type')?.split(';')[0] ?? undefined).toBe(type)
    if (type === undefined) return expect(answer.text).toBe('')
    const $ref = `document#${pointer}/content/${escape(type)}/schema`
    this.#ajv.validate({ $ref }, answer.json)
    expect(this.#ajv.errors ?? []).toEqual([])
  }
}

function operationIds(): ReadonlySet<string> {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
  return new Set(operations.map(({ operationId }) => operationId))
}

function find(operationId: string): [path: string, method: string, operation: Operation] {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation.operationId === operationId) return [path, method, operation]
    }
  }
  throw new Error(`There is no ${operationId}.`)
}

function escape(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}

function resolve(pointer: string): { readonly content?: object } | undefined {
  let found: unknown = document
  for (const part of pointer.split('/').slice(1)) {
    found = Reflect.get(Object(found), part.replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  return found as { readonly content?: object } | undefined
}

test('document: whoever reads it alone gets through everything', async () => {
  const reader = new Reader()
  const { has } = reader
  const signIn = async (): Promise<void> => {
    const step = await reader.call('login')
    has['challengeId'] = step.json.challengeId
    has['code'] = await site.newestCode(String(has['email']))
    const { tokens } = (await reader.call('verifyOtp')).json
    Object.assign(has, tokens)
  }
  Object.assign(has, { email: ANNA, password: PASSWORD, mode: 'token' })
  await reader.call('register')
  await signIn()
  expect((await reader.call('me')).json.user.email).toBe(ANNA)
  Object.assign(has, (await reader.call('refresh')).json.tokens)
  const first = has['accessToken']
  site.clock.advance({ minutes: 11 })
  await signIn()
  const { sessions } = (await reader.call('sessions')).json
  const other = sessions.find((session: { isCurrent: boolean }) => !session.isCurrent)
  has['sessionId'] = other.id
  expect((await reader.call('sessionsEnd')).status).toBe(204)
  expect(
    (await site.send('/me', { headers: { authorization: `Bearer ${String(first)}` } })).status,
  ).toBe(401)
  await reader.call('sessionsEndOthers')
  await reader.call('reauthenticate')
  await reader.call('emailVerifySend')
  has['code'] = await site.newestCode(ANNA)
  expect((await reader.call('emailVerifyConfirm')).status).toBe(204)
  Object.assign(has, { current: PASSWORD, next: 'another long password' })
  expect((await reader.call('passwordChange')).status).toBe(204)
  await reader.call('passwordForgot')
  has['token'] = await site.newestToken(ANNA)
  has['newPassword'] = PASSWORD
  expect((await reader.call('passwordReset')).status).toBe(204)
  expect((await reader.call('me')).json.code).toBe('session_revoked')
  site.clock.advance({ minutes: 11 })
  await signIn()
  has['newEmail'] = 'new@example.com'
  expect((await reader.call('emailChange')).status).toBe(202)
  has['token'] = await site.newestToken('new@example.com')
  expect((await reader.call('emailChangeConfirm')).status).toBe(204)
  has['token'] = await site.newestToken(ANNA)
  expect((await reader.call('emailChangeUndo')).status).toBe(204)
  site.clock.advance({ minutes: 11 })
  await signIn()
  expect((await reader.call('accountExport')).json.user.email).toBe(ANNA)
  expect((await reader.call('logout')).status).toBe(204)
  site.clock.advance({ minutes: 11 })
  await signIn()
  await reader.call('oauthProviders')
  has['provider'] = 'hub'
  const consent = async (operationId: string, subject: string): Promise<void> => {
    const { url, state } = (await reader.call(operationId)).json
    const { code } = hub.consent({ url, state, expiresAt: new Date() }, personAt(ANNA, subject))
    Object.assign(has, { state, startedState: state, code })
  }
  await consent('oauthStart', 'one')
  const completed = (await reader.call('oauthComplete')).json
  expect(completed).toMatchObject({ outcome: 'signed_in', isNewUser: false })
  Object.assign(has, completed.tokens)
  await consent('oauthLink', 'two')
  expect((await reader.call('oauthComplete')).json.outcome).toBe('linked')
  expect((await reader.call('oauthIdentities')).json.identities).toHaveLength(2)
  has['subject'] = 'one'
  expect((await reader.call('oauthUnlink')).status).toBe(204)
  has['redirectTo'] = '/home'
  delete has['code']
  for (const back of ['oauthCallback', 'oauthCallbackForm']) {
    const url = await reader.go('oauthGo')
    const state = new URL(url).searchParams.get('state') ?? ''
    const { code } = hub.consent({ url, state, expiresAt: new Date() }, personAt(ANNA, 'two'))
    Object.assign(has, { state, code })
    expect(await reader.go(back)).toBe('/home')
  }
  expect((await reader.call('accountDelete')).status).toBe(204)
  expect([...reader.called].toSorted()).toEqual([...operationIds()].toSorted())
})

test('document: refusals are as described, too', async () => {
  const reader = new Reader()
  await site.register('anna')
  Object.assign(reader.has, { email: ANNA, password: 'a wrong password', mode: 'token' })
  for (let n = 0; n < 11; n += 1) await reader.call('login')
  reader.has['token'] = 'x'
  reader.has['newPassword'] = PASSWORD
  expect((await reader.call('passwordReset')).json.code).toBe('link_invalid')
  reader.has['email'] = 'no address'
  expect((await reader.call('passwordForgot')).json.reason).toBe('not_an_address')
  reader.has['accessToken'] = 'nonsense'
  expect((await reader.call('me')).json.code).toBe('token_invalid')
})

test('document: the app’s own columns are described', async () => {
  const profile = v.strictObject({ firstName: v.string() })
  const userFields = v.object({ bornOn: v.date() })
  const own = openSite({ handler: { profile, userFields } as never })
  const { paths } = (await own.send('/openapi.json')).json
  const body = paths['/register'].post.requestBody.content['application/json'].schema
  expect(body.properties.profile).toMatchObject({ required: ['firstName'] })
  const me = paths['/me'].get.responses[200].content['application/json'].schema
  expect(JSON.stringify(me)).toContain('"bornOn":{"type":"string","format":"date-time"}')
  await own.mindmesh.close()
})
