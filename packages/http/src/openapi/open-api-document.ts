import { toJsonSchema, type ConversionConfig } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import type { HandlerConfig } from '../handler-config.ts'
import { PROBLEM_KINDS, type ProblemCode } from '../problems/problem-codes.ts'
import { problemSchema } from '../problems/problem-document.ts'
import type { Route } from '../route.ts'
import { cookieName } from '../session/auth-cookies.ts'
import { BROWSER_PATHS } from './browser-paths.ts'

const EVERYWHERE: readonly ProblemCode[] = ['store_unavailable', 'internal_error']
const WITH_BODY: readonly ProblemCode[] = [
  'invalid_input',
  'foreign_origin',
  'body_too_large',
  'unsupported_media_type',
]
const SIGNED_IN: readonly ProblemCode[] = [
  'not_signed_in',
  'token_invalid',
  'token_expired',
  'session_revoked',
  'session_expired',
  'account_blocked',
]

/** The OpenAPI 3.1 description of the routes, made from what they parse by. `path` is where it is served. */
export function openApiDocument(
  routes: readonly [string, Route][],
  config: HandlerConfig,
  path: string,
): object {
  const paths: Record<string, object> = {}
  for (const [key, route] of routes) {
    const [method = '', at = ''] = key.split(' ')
    paths[at] = { ...paths[at], [method.toLowerCase()]: operationOf(at, route) }
  }
  Object.assign(paths, BROWSER_PATHS)
  return {
    openapi: '3.1.1',
    info: { title: 'Mindmesh Auth', version: '1', description: DESCRIPTION },
    servers: [{ url: path.slice(0, -'/openapi.json'.length) || '/' }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: cookieName('access', config.insecureCookies),
        },
      },
    },
  }
}

const DESCRIPTION =
  'Browsers keep their tokens in cookies and must send Origin. Other clients ask for tokens with "mode": "token" and send them as bearer tokens.'

function operationOf(path: string, route: Route): object {
  return {
    operationId: path.slice(1).replaceAll(/[-/](\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary: route.summary,
    security: route.access === 'user' ? [{ bearer: [] }, { cookie: [] }] : [],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: json(jsonSchema(route.body, 'input')) } }),
    responses: responsesOf(route),
  }
}

function responsesOf(route: Route): object {
  const success = {
    description: route.status === 202 ? 'Accepted; a mail may follow.' : 'Done.',
    ...(route.answer === undefined ? {} : { content: json(jsonSchema(route.answer, 'output')) }),
  }
  const codes = [
    ...route.problems,
    ...EVERYWHERE,
    ...(route.body === undefined ? [] : WITH_BODY),
    ...(route.access === 'user' ? SIGNED_IN : []),
  ]
  const statuses = new Set(codes.map((code) => PROBLEM_KINDS[code].status))
  const problems = [...statuses].map((status) => {
    const listed = codes.filter((code) => PROBLEM_KINDS[code].status === status)
    return [status, problemAnswer(new Set(listed))]
  })
  return { [route.status]: success, ...Object.fromEntries(problems) }
}

function problemAnswer(codes: ReadonlySet<ProblemCode>): object {
  const schema = { $ref: '#/components/schemas/Problem' }
  const content = { 'application/problem+json': { schema } }
  return { description: [...codes].toSorted().join(', '), content }
}

function json(schema: object): object {
  return { 'application/json': { schema } }
}

function jsonSchema(schema: v.GenericSchema, typeMode: 'input' | 'output'): object {
  const { $schema: _, ...rest } = toJsonSchema(schema, { ...CONVERSION, typeMode })
  return rest
}

const CONVERSION: ConversionConfig = {
  target: 'draft-2020-12',
  // What JSON Schema cannot say is said in the descriptions.
  errorMode: 'ignore',
  // A Date that an app shows goes out as JSON writes it.
  overrideSchema: ({ valibotSchema }) =>
    valibotSchema.type === 'date' ? { type: 'string', format: 'date-time' } : null,
}
