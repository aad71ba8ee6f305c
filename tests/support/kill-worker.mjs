// One of several processes under load, run by tests/kills.test.ts: it carries people through the flows until it is
// killed. Every mail that it hands over is a line in a file that all of them read.
import { appendFileSync, openSync, readSync } from 'node:fs'
import { MindmeshAuth } from '@mindmesh/auth'
import { fastHasher } from '@mindmesh/auth/testing'

const PASSWORD = 'correct horse battery'
const NEXT_PASSWORD = 'another long password'

/** The same numbers for the same seed (mulberry32). */
function numbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const { address, secrets, mailbox, seed } = JSON.parse(process.argv[2])
const { openStore } = await import(`./stores/${address.engine}.mjs`)
const { store } = await openStore(address.place)
const mindmesh = new MindmeshAuth({
  adapter: store,
  mailer: {
    async send({ to, text }) {
      appendFileSync(mailbox, `${JSON.stringify({ to, text })}\n`)
    },
  },
  config: { ...secrets, mailDelivery: 'manual' },
  passwordHasher: fastHasher(),
  logger: { info() {}, warn() {}, error() {} },
  env: {},
})

/** The same calls, each told to the parent as it begins. */
function told(calls) {
  return new Proxy(calls, {
    get(target, name) {
      return async (...args) => {
        process.send('call')
        return target[name](...args)
      }
    },
  })
}

const [auth, mail, password] = [mindmesh.auth, mindmesh.mail, mindmesh.password].map(told)
const [session, user] = [mindmesh.session, mindmesh.user].map(told)
const random = numbers(seed)

const mails = openSync(mailbox, 'r')
const newest = new Map()
let unread = ''

/** Reads on from where it has read to before. */
function readNewMails() {
  const chunk = Buffer.alloc(65_536)
  for (let size = -1; size !== 0;) {
    size = readSync(mails, chunk)
    unread += chunk.toString('latin1', 0, size)
  }
  const lines = unread.split('\n')
  unread = lines.pop()
  for (const { to, text } of lines.map((line) => JSON.parse(line))) newest.set(to, text)
}

/** What was mailed to somebody last; null where another process holds the mail, or held it when it was killed. */
async function mailedTo(email, pattern) {
  await mail.deliverDue()
  readNewMails()
  return pattern.exec(newest.get(email) ?? '')?.[0] ?? null
}

async function signIn(email, secret) {
  const { challengeId } = await auth.login(email, secret)
  if (random() < 0.3) await auth.verifyOtp(email, '000000', 'login', { challengeId }).catch(byARule)
  const code = await mailedTo(email, /\b\d{6}\b/)
  return code === null ? null : auth.verifyOtp(email, code, 'login', { challengeId })
}

/** Whoever is refused was so by a rule; what the database says is for the parent to know. */
function byARule(error) {
  if (error.name !== 'AuthError') throw error
}

async function walk(email) {
  const { id } = await auth.register(email, PASSWORD)
  const signedIn = await signIn(email, PASSWORD)
  if (signedIn === null) return
  const { accessToken, refreshToken } = await auth.refresh(signedIn.refreshToken)
  const { sessionId } = await auth.verifyAccessToken(accessToken)
  if (random() < 0.2) await auth.refresh(refreshToken)
  if (random() < 0.3) await auth.logout(sessionId)
  if (random() < 0.3) await password.change(id, PASSWORD, NEXT_PASSWORD)
  else if (random() < 0.5) {
    await password.requestReset(email)
    const token = await mailedTo(email, /[\w-]{43}/)
    if (token !== null) await password.reset(token, NEXT_PASSWORD)
  }
  if (random() < 0.2) await session.revokeAll(id)
  if (random() < 0.2) await user.block(id)
  if (random() < 0.1) await user.delete(id)
}

process.send('ready')
for (let round = 0; ; round += 1) {
  try {
    // Now and then for an address that another process registers at the same time.
    const isShared = random() < 0.2
    await walk(isShared ? `shared${round}@example.com` : `person${seed}.${round}@example.com`)
  } catch (error) {
    if (error.name !== 'AuthError') process.send({ error: error.stack, cause: String(error.cause) })
  }
}
