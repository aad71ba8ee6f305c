import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { AuthError } from '@mindmesh/auth'
import { StoreError } from '@mindmesh/auth/ports'
import { NEXT_PASSWORD, PASSWORD, type TestInstance } from '../support/instance.ts'

/** What people met on their way. */
export interface Journeys {
  /** How many went all the way since the trouble was over. */
  readonly whole: number
  /** Everything that a call threw but `AuthError`s. */
  readonly errors: readonly unknown[]
}

const WALKERS = 6
const PATIENCE_MS = 30_000

/**
 * Lets people register, sign in, refresh and reset their passwords, several at once and one after another, while
 * there is trouble and until each has gone all the way once more after it. Whoever is told that the database is in
 * trouble tries the same again; whoever is then refused, since the first try did take effect, begins anew.
 */
export async function journeysDuring(
  t: TestInstance,
  trouble: (progress: () => number) => Promise<void>,
): Promise<Journeys> {
  const errors: unknown[] = []
  let isOver = false
  let calls = 0
  let whole = 0
  const insist: Insist = async (call) => {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      try {
        const answer = await call()
        calls += 1
        // SQLite answers at once: without a turn of the event loop nobody else, trouble included, would ever get theirs.
        await turn()
        return answer
      } catch (error) {
        if (error instanceof AuthError) throw error
        errors.push(error)
        if (!(error instanceof StoreError) || Date.now() > deadline) throw error
        await pause(20)
      }
    }
  }
  const walker = async (number: number): Promise<void> => {
    for (let round = 0; ; round += 1) {
      const wasOver = isOver
      const isWhole = await walk(t, `person${number}.${round}`, insist)
      if (!isWhole && errors.length === 0) throw new Error('Somebody was refused for no reason.')
      if (isWhole && wasOver) break
    }
    whole += 1
  }
  const walking = Promise.all(Array.from({ length: WALKERS }, async (_, n) => walker(n)))
  try {
    await Promise.race([trouble(() => calls), walking])
  } finally {
    isOver = true
  }
  await walking
  return { whole, errors }
}

type Insist = <Answer>(call: () => Promise<Answer>) => Promise<Answer>

/** The way of one person; false where they were refused, or a mail is still held by a call that failed. */
async function walk(t: TestInstance, name: string, insist: Insist): Promise<boolean> {
  const { auth, password } = t.mindmesh
  const email = `${name}@example.com`
  try {
    await insist(async () => auth.register(email, PASSWORD))
    await insist(async () => auth.login(email, PASSWORD))
    const code = await mailedTo(t, email, /\b\d{6}\b/, insist)
    if (code === null) return false
    const { refreshToken } = await insist(async () => auth.verifyOtp(email, code, 'login'))
    await insist(async () => auth.refresh(refreshToken))
    await insist(async () => password.requestReset(email))
    const token = await mailedTo(t, email, /[\w-]{43}/, insist)
    if (token === null) return false
    await insist(async () => password.reset(token, NEXT_PASSWORD))
    return true
  } catch (error) {
    if (error instanceof AuthError) return false
    throw error
  }
}

async function mailedTo(
  t: TestInstance,
  email: string,
  pattern: RegExp,
  insist: Insist,
): Promise<string | null> {
  await insist(async () => t.mindmesh.mail.deliverDue())
  const mail = t.mailer.sent.findLast(({ to }) => to === email)
  return pattern.exec(mail?.text ?? '')?.[0] ?? null
}
