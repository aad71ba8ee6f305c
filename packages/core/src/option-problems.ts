import { isIP } from 'node:net'
import type { ConfigProblem } from './errors.ts'
import { wordingsEn } from './mail/wordings-en.ts'
import { providerProblems } from './oauth/provider-problems.ts'
import { partOf } from './part-of.ts'

/** What each port has to have. */
const PORTS: Readonly<Record<string, readonly string[]>> = {
  mailer: ['send'],
  passwordHasher: ['hash', 'verify', 'needsRehash', 'decoyHash'],
  breachCorpus: ['suffixes'],
  clock: ['now'],
  random: ['bytes'],
  logger: ['info', 'warn', 'error'],
  rateLimits: ['hit'],
  telemetry: ['observe'],
}
const REQUIRED: Readonly<Record<string, string>> = {
  adapter: 'is missing; for example adapter: drizzleSqlite(db)',
  mailer: 'is missing; for example mailer: smtpMailer()',
}
const STORES = ['users', 'sessions', 'codes', 'accounts', 'rateLimits', 'events', 'outbox']

/** What is wrong with the parts that an instance is made from, `config` left out. */
export function optionProblems(options: unknown): readonly ConfigProblem[] {
  const given = new Map<string, unknown>(Object.entries(Object(options)))
  const missing = Object.entries(REQUIRED)
    .filter(([field]) => given.get(field) === undefined)
    .map(([field, message]) => ({ field, message }))
  return [
    ...missing,
    ...adapterProblems(given.get('adapter')),
    ...Object.entries(PORTS).flatMap(([field, methods]) =>
      portProblems(field, given.get(field), methods),
    ),
    ...templateProblems(given.get('templates')),
    ...addressProblems(given.get('ipAddress')),
    ...oauthProblems(given),
  ]
}

function adapterProblems(adapter: unknown): readonly ConfigProblem[] {
  if (adapter === undefined || STORES.every((name) => typeof partOf(adapter, name) === 'object')) {
    return []
  }
  return [{ field: 'adapter', message: 'is none; for example adapter: drizzleSqlite(db)' }]
}

function portProblems(
  field: string,
  port: unknown,
  methods: readonly string[],
): readonly ConfigProblem[] {
  if (port === undefined) return []
  const lacking = methods.filter((name) => typeof partOf(port, name) !== 'function')
  return lacking.length === 0 ? [] : [{ field, message: `must have ${lacking.join(', ')}` }]
}

function templateProblems(templates: unknown): readonly ConfigProblem[] {
  return Object.entries(Object(templates ?? {})).flatMap(([name, fill]) => {
    const field = `templates.${name}`
    if (!Object.hasOwn(wordingsEn, name)) return [{ field, message: 'is not a mail of ours' }]
    return typeof fill === 'function' ? [] : [{ field, message: 'must be a function' }]
  })
}

function addressProblems(address: unknown): readonly ConfigProblem[] {
  const isFine = address === undefined || (typeof address === 'string' && isIP(address) !== 0)
  return isFine ? [] : [{ field: 'ipAddress', message: 'must be an IP address' }]
}

function oauthProblems(given: ReadonlyMap<string, unknown>): readonly ConfigProblem[] {
  const profileFor = given.get('profileFor')
  const isFine = profileFor === undefined || typeof profileFor === 'function'
  return [
    ...providerProblems(given.get('providers'), given.get('config')),
    ...(isFine ? [] : [{ field: 'profileFor', message: 'must be a function' }]),
  ]
}
