import { ATTEMPTS, ENDED_DAYS, LIMITS } from './model-config.ts'

/** Seconds in a minute, an hour and a day, and of what lives for a while. */
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const CODE_LIFE = 5 * MINUTE
const RESET_LIFE = 30 * MINUTE
const CHANGE_LIFE = HOUR
const UNDO_LIFE = 72 * HOUR
const SESSION_LIFE = 7 * DAY
const SESSION_IDLE = 72 * HOUR
const FRESH = 15 * MINUTE
const ACCESS_LIFE = 15 * MINUTE
const GRACE = 10

/** What a call should come to. */
export interface Foreseen {
  readonly answer: string
  /** The types of the events that it leaves, in their order. */
  readonly events: readonly string[]
  /** `rate_limited`. */
  readonly retryAfterSeconds?: number
  /** `otp_invalid` for a wrong code. */
  readonly attemptsLeft?: number
  /** `invalid_input`. */
  readonly reason?: string
  /** What it should give, compared where it is named. */
  readonly value?: unknown
  /** Takes in what nobody can foresee: ids and tokens. Gives whether the rest of the value is right. */
  readonly learn?: (value: never) => boolean
}

/** Somebody. */
export interface Person {
  readonly id: string
  email: string
  display: string
  password: string
  version: number
  isVerified: boolean
  isBlocked: boolean
  hasSignedIn: boolean
}

interface Session {
  readonly id: string
  readonly userId: string
  readonly agent: string | null
  readonly tokens: string[]
  readonly expiresAt: number
  rotatedAt: number
  authenticatedAt: number
  revokedAt: number | null
}

/** A code or link. `secret` is known once its mail was read. */
interface Code {
  readonly purpose: string
  readonly userId: string | null
  readonly expiresAt: number
  readonly payload: { readonly from?: string; readonly to?: string; readonly display?: string }
  secret: string | null
  challengeId: string | null
  triesLeft: number
}

interface Mail {
  readonly to: string | null
  readonly expiresAt: number | null
  readonly code: Code | null
}

type LimitName = keyof typeof LIMITS

/** A proof of being there. */
export type Proof = { readonly sessionId: string } | { readonly password: string } | undefined

const OK: Foreseen = { answer: 'ok', events: [] }

function refused(answer: string, events: readonly string[] = []): Foreseen {
  return { answer, events }
}

/**
 * What should be, by the documents alone: who there is, which sessions, codes and links are alive, and what each limit
 * has counted. It shares no code with the library; times are seconds.
 */
export class Expected {
  readonly people = new Map<string, Person>()
  readonly sessions = new Map<string, Session>()
  readonly codes = new Map<string, Code>()
  readonly #windows = new Map<string, { hits: number; readonly resetsAt: number }>()
  readonly #mails: Mail[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  // Limits.

  #used(key: string): number {
    const window = this.#windows.get(key)
    return window === undefined || window.resetsAt <= this.#now() ? 0 : window.hits
  }

  /** Counts against all or, where one is used up, against none: then gives the one that resets last. */
  #count(
    hits: readonly (readonly [LimitName, string])[],
  ): { key: string; resetsAt: number } | null {
    const full = hits
      .map(([name, subject]) => ({ key: `${name}|${subject}`, limit: LIMITS[name].limit }))
      .filter(({ key, limit }) => this.#used(key) >= limit)
      .map(({ key }) => ({ key, resetsAt: this.#windows.get(key)?.resetsAt ?? 0 }))
      .toSorted((a, b) => b.resetsAt - a.resetsAt)
    if (full[0] !== undefined) return full[0]
    for (const [name, subject] of hits) {
      const key = `${name}|${subject}`
      const window = this.#windows.get(key)
      const resetsAt = this.#now() + LIMITS[name].windowSeconds
      // A window in which everything was given back is over.
      const isOpen = window !== undefined && window.resetsAt > this.#now() && window.hits > 0
      if (isOpen) window.hits += 1
      else this.#windows.set(key, { hits: 1, resetsAt })
    }
    return null
  }

  #giveBack(name: LimitName, subject: string): void {
    const window = this.#windows.get(`${name}|${subject}`)
    if (window !== undefined && window.resetsAt > this.#now() && window.hits > 0) window.hits -= 1
  }

  #limited({ resetsAt }: { resetsAt: number }): Foreseen {
    return { ...refused('rate_limited'), retryAfterSeconds: resetsAt - this.#now() }
  }

  // Look-ups.

  byEmail(email: string): Person | null {
    return [...this.people.values()].find((person) => person.email === email) ?? null
  }

  #isLive(code: Code | undefined): code is Code {
    return code !== undefined && code.expiresAt > this.#now()
  }

  #isReserved(email: string, userId: string | null): boolean {
    const undo = this.codes.get(`undo|${email}`)
    return this.#isLive(undo) && undo.userId !== userId
  }

  // Writing.

  #issue(subject: string, code: Omit<Code, 'secret' | 'challengeId'>, to: string | null): Code {
    const place = `${code.purpose}|${subject}`
    const earlier = this.codes.get(place)
    const handedDown =
      this.#isLive(earlier) && earlier.triesLeft > 0 ? earlier.triesLeft : code.triesLeft
    const triesLeft = Math.min(handedDown, code.triesLeft)
    const issued = { ...code, triesLeft, secret: null, challengeId: null }
    this.codes.set(place, issued)
    this.#mails.push({ to, expiresAt: code.expiresAt, code: issued })
    return issued
  }

  #notify(to: string): void {
    this.#mails.push({ to, expiresAt: null, code: null })
  }

  #endSessions(userId: string, keep: string | null): void {
    for (const session of this.sessions.values()) {
      const ends = session.userId === userId && session.id !== keep && session.revokedAt === null
      if (ends) session.revokedAt = this.#now()
    }
  }

  #voidCodes(userId: string, keepUndo: boolean): void {
    for (const [place, code] of this.codes) {
      const isKept = keepUndo && code.purpose === 'undo'
      if (code.userId === userId && !isKept) this.codes.delete(place)
    }
  }

  #setPassword(person: Person, password: string, keep: string | null): void {
    person.password = password
    person.version += 1
    this.#endSessions(person.id, keep)
    this.#voidCodes(person.id, true)
    this.#notify(person.display)
  }

  // Signing in.

  register(email: string, display: string, password: string): Foreseen {
    if (password === WEAK) return { ...refused('invalid_input'), reason: 'too_short' }
    const owner = this.byEmail(email)
    if (owner !== null || this.#isReserved(email, null)) {
      const isTold = this.#count([['takenAddressNotice', email]]) === null && owner !== null
      if (isTold) this.#notify(owner.display)
      return refused('email_taken', ['REGISTRATION_FAILED'])
    }
    const learn = (user: { id: string }): boolean => {
      const { id } = user
      const flags = { isVerified: false, isBlocked: false, hasSignedIn: false }
      this.people.set(id, { id, email, display, password, version: 0, ...flags })
      return true
    }
    return { ...OK, events: ['REGISTRATION_SUCCESS'], learn }
  }

  login(email: string, password: string, ip: string | null): Foreseen {
    const network: readonly (readonly [LimitName, string])[] =
      ip === null ? [] : [['loginPerIp', ip]]
    const full = this.#count([...network, ['loginFailures', email]])
    if (full !== null) return this.#limited(full)
    const person = this.byEmail(email)
    if (person?.password !== password) return refused('invalid_credentials', ['LOGIN_FAILED'])
    if (person.isBlocked) {
      this.#giveBack('loginFailures', email)
      return refused('account_blocked', ['LOGIN_FAILED'])
    }
    const unsent = this.#count([['otpSend', `login:${email}`]])
    if (unsent !== null) return this.#limited(unsent)
    this.#giveBack('loginFailures', email)
    const expiresAt = this.#now() + CODE_LIFE
    const code = {
      purpose: 'login',
      userId: person.id,
      expiresAt,
      payload: {},
      triesLeft: ATTEMPTS,
    }
    const issued = this.#issue(person.id, code, person.display)
    const learn = (value: { challengeId: string; otpRequired: boolean }): boolean => {
      issued.challengeId = value.challengeId
      return value.otpRequired
    }
    return { ...OK, events: ['OTP_SENT'], learn }
  }

  verifyOtp(
    email: string,
    code: string,
    options: { challengeId?: string; agent: string | null },
  ): Foreseen {
    const person = this.byEmail(email)
    if (person === null) return refused('otp_invalid')
    const found = this.codes.get(`login|${person.id}`)
    const isOther = options.challengeId !== undefined && found?.challengeId !== options.challengeId
    if (found === undefined || isOther) return refused('otp_invalid')
    if (found.triesLeft <= 0 || !this.#isLive(found)) return refused('otp_expired')
    const subject = `${person.id}:${person.version}`
    const full = this.#count([
      ['codeFailuresPerDay', `login:${subject}`],
      ['codeFailuresPerPassword', subject],
    ])
    if (full?.key.startsWith('codeFailuresPerPassword')) return refused('password_reset_required')
    if (full !== null) return this.#limited(full)
    if (found.secret !== code) {
      found.triesLeft -= 1
      return { ...refused('otp_invalid', ['OTP_FAILED']), attemptsLeft: found.triesLeft }
    }
    this.codes.delete(`login|${person.id}`)
    this.#giveBack('codeFailuresPerDay', `login:${subject}`)
    this.#giveBack('codeFailuresPerPassword', subject)
    const events = [
      'OTP_VERIFIED',
      ...(person.isVerified ? [] : ['EMAIL_VERIFIED']),
      'LOGIN_SUCCESS',
    ]
    person.isVerified = true
    return { ...OK, events, learn: this.#openSession(person, options.agent) }
  }

  #openSession(person: Person, agent: string | null): (value: never) => boolean {
    const isKnown = [...this.sessions.values()].some(
      (s) => s.userId === person.id && s.agent === agent,
    )
    if (person.hasSignedIn && agent !== null && !isKnown) this.#notify(person.display)
    person.hasSignedIn = true
    const now = this.#now()
    return (value: {
      accessToken: string
      refreshToken: string
      user: { id: string }
    }): boolean => {
      const id = sessionIdOf(value.accessToken)
      const times = {
        expiresAt: now + SESSION_LIFE,
        rotatedAt: now,
        authenticatedAt: now,
        revokedAt: null,
      }
      this.sessions.set(id, {
        id,
        userId: person.id,
        agent,
        tokens: [value.refreshToken],
        ...times,
      })
      return value.user.id === person.id
    }
  }

  // Sessions and tokens.

  /** Why a session does not count, or `null`. */
  #endOf(session: Session): string | null {
    if (this.people.get(session.userId)?.isBlocked === true) return 'account_blocked'
    if (session.revokedAt !== null) return 'session_revoked'
    const end = Math.min(session.expiresAt, session.rotatedAt + SESSION_IDLE)
    return end <= this.#now() ? 'session_expired' : null
  }

  getUserFromToken(token: string, issuedAt: number | undefined): Foreseen {
    if (issuedAt === undefined) return refused('token_invalid')
    if (issuedAt + ACCESS_LIFE <= this.#now()) return refused('token_expired')
    const session = this.sessions.get(sessionIdOf(token))
    if (session === undefined) return refused('session_revoked')
    const end = this.#endOf(session)
    if (end !== null) return refused(end)
    return { ...OK, learn: (user: { id: string }) => user.id === session.userId }
  }

  verifyAccessToken(token: string, issuedAt: number | undefined): Foreseen {
    if (issuedAt === undefined) return refused('token_invalid')
    if (issuedAt + ACCESS_LIFE <= this.#now()) return refused('token_expired')
    const id = sessionIdOf(token)
    return { ...OK, learn: (claims: { sessionId: string }) => claims.sessionId === id }
  }

  refresh(token: string): Foreseen {
    const session = [...this.sessions.values()].find((s) => s.tokens.includes(token))
    if (session === undefined) return refused('token_invalid')
    const end = this.#endOf(session)
    if (end !== null) return refused(end)
    const age = session.tokens.length - 1 - session.tokens.indexOf(token)
    const current = session.tokens.at(-1)
    if (age === 1 && this.#now() - session.rotatedAt < GRACE) {
      return { ...OK, learn: (value: { refreshToken: string }) => value.refreshToken === current }
    }
    if (age > 0) {
      session.revokedAt = this.#now()
      return refused('session_revoked', ['REFRESH_TOKEN_REUSED'])
    }
    session.rotatedAt = this.#now()
    const learn = (value: { refreshToken: string }): boolean => {
      session.tokens.push(value.refreshToken)
      return value.refreshToken !== token
    }
    return { ...OK, events: ['SESSION_REFRESHED'], learn }
  }

  endSession(id: string, event: 'LOGOUT' | 'SESSION_REVOKED'): Foreseen {
    const session = this.sessions.get(id)
    if (session === undefined || session.revokedAt !== null) return OK
    session.revokedAt = this.#now()
    return { ...OK, events: [event] }
  }

  revokeAll(userId: string, except: string | undefined): Foreseen {
    this.#endSessions(userId, except ?? null)
    return { ...OK, events: ['SESSION_REVOKED'] }
  }

  listSessions(userId: string): Foreseen {
    const idleSince = this.#now() - SESSION_IDLE
    const live = [...this.sessions.values()].filter(
      (s) =>
        s.userId === userId &&
        s.revokedAt === null &&
        s.expiresAt > this.#now() &&
        s.rotatedAt > idleSince,
    )
    const ids = live
      .map((session) => session.id)
      .toSorted()
      .toReversed()
    const learn = (list: readonly { id: string }[]): boolean =>
      String(list.map((s) => s.id)) === String(ids)
    return { ...OK, learn }
  }

  // Passwords.

  /** `null` where it is right; then nothing has been counted. */
  #checkPassword(person: Person | undefined, password: string, event: string): Foreseen | null {
    if (person === undefined) return refused('user_not_found')
    const full = this.#count([['loginFailures', person.email]])
    if (full !== null) return this.#limited(full)
    if (person.password !== password) return refused('invalid_credentials', [event])
    this.#giveBack('loginFailures', person.email)
    return null
  }

  /** `null` where the proof is good. */
  #checkProof(userId: string, proof: Proof): Foreseen | null {
    if (proof === undefined) return null
    if ('password' in proof) {
      return this.#checkPassword(this.people.get(userId), proof.password, 'REAUTHENTICATION_FAILED')
    }
    const session = this.sessions.get(proof.sessionId)
    if (session === undefined || session.userId !== userId) return refused('session_revoked')
    const end = this.#endOf(session)
    if (end !== null) return refused(end)
    return this.#now() - session.authenticatedAt >= FRESH
      ? refused('reauthentication_required')
      : null
  }

  assertFresh(userId: string, proof: Exclude<Proof, undefined>): Foreseen {
    return this.#checkProof(userId, proof) ?? OK
  }

  reauthenticate(sessionId: string, password: string): Foreseen {
    const session = this.sessions.get(sessionId)
    if (session === undefined) return refused('session_revoked')
    const end = this.#endOf(session)
    if (end !== null) return refused(end)
    const person = this.people.get(session.userId)
    const failure = this.#checkPassword(person, password, 'REAUTHENTICATION_FAILED')
    if (failure !== null) return failure
    session.authenticatedAt = this.#now()
    return { ...OK, events: ['REAUTHENTICATED'] }
  }

  changePassword(
    userId: string,
    passwords: { current: string; next: string },
    keep: string | undefined,
  ): Foreseen {
    const person = this.people.get(userId)
    const failure = this.#checkPassword(person, passwords.current, 'PASSWORD_CHANGE_FAILED')
    if (failure !== null || person === undefined) return failure ?? OK
    if (passwords.next === WEAK) return { ...refused('invalid_input'), reason: 'too_short' }
    this.#setPassword(person, passwords.next, keep ?? null)
    return { ...OK, events: ['PASSWORD_CHANGED'] }
  }

  requestReset(email: string): Foreseen {
    const full = this.#count([['resetRequest', email]])
    if (full !== null) return this.#limited(full)
    const person = this.byEmail(email)
    const expiresAt = this.#now() + RESET_LIFE
    const code = {
      purpose: 'reset',
      userId: person?.id ?? null,
      expiresAt,
      payload: {},
      triesLeft: 1,
    }
    this.#issue(person?.id ?? email, code, person?.display ?? null)
    return { ...OK, events: ['PASSWORD_RESET_REQUESTED'] }
  }

  reset(token: string, password: string): Foreseen {
    const link = this.#findLink('reset', token)
    if (typeof link === 'string') return refused(link)
    if (password === WEAK) return { ...refused('invalid_input'), reason: 'too_short' }
    this.codes.delete(link.place)
    this.#setPassword(link.person, password, null)
    return { ...OK, events: ['PASSWORD_RESET_COMPLETED'] }
  }

  #findLink(
    purpose: string,
    token: string,
  ): { place: string; code: Code; person: Person } | 'link_invalid' | 'link_expired' {
    const found = [...this.codes].find(([, c]) => c.purpose === purpose && c.secret === token)
    if (found === undefined) return 'link_invalid'
    const [place, code] = found
    if (!this.#isLive(code)) return 'link_expired'
    const person = this.people.get(code.userId ?? '')
    return person === undefined ? 'link_invalid' : { place, code, person }
  }

  // Codes for other purposes.

  sendOtp(email: string, display: string, purpose: string): Foreseen {
    const full = this.#count([['otpSend', `${purpose}:${email}`]])
    if (full !== null) return this.#limited(full)
    const person = this.byEmail(email)
    const stranger = purpose === 'email_verify' ? null : display
    const expiresAt = this.#now() + CODE_LIFE
    const code = {
      purpose,
      userId: person?.id ?? null,
      expiresAt,
      payload: {},
      triesLeft: ATTEMPTS,
    }
    this.#issue(email, code, person?.display ?? stranger)
    return { ...OK, events: ['OTP_SENT'] }
  }

  verifyOtpCode(email: string, code: string, purpose: string): Foreseen {
    const found = this.codes.get(`${purpose}|${email}`)
    if (!this.#isLive(found) || found.triesLeft <= 0) return { ...OK, value: false }
    const full = this.#count([['codeFailuresPerDay', `${purpose}:${email}`]])
    if (full !== null) return this.#limited(full)
    if (found.secret !== code) {
      found.triesLeft -= 1
      return { ...OK, events: ['OTP_FAILED'], value: false }
    }
    this.#giveBack('codeFailuresPerDay', `${purpose}:${email}`)
    this.codes.delete(`${purpose}|${email}`)
    if (purpose !== 'email_verify') return { ...OK, events: ['OTP_VERIFIED'], value: true }
    const person = this.people.get(found.userId ?? '')
    if (person?.email !== email) return { ...OK, events: ['OTP_VERIFIED'], value: false }
    const events = ['OTP_VERIFIED', ...(person.isVerified ? [] : ['EMAIL_VERIFIED'])]
    person.isVerified = true
    return { ...OK, events, value: true }
  }

  // People.

  block(userId: string): Foreseen {
    const person = this.people.get(userId)
    if (person === undefined) return refused('user_not_found')
    if (person.isBlocked) return OK
    person.isBlocked = true
    this.#endSessions(userId, null)
    this.#voidCodes(userId, true)
    this.#notify(person.display)
    return { ...OK, events: ['ACCOUNT_BLOCKED'] }
  }

  unblock(userId: string): Foreseen {
    const person = this.people.get(userId)
    if (person === undefined) return refused('user_not_found')
    if (!person.isBlocked) return OK
    person.isBlocked = false
    return { ...OK, events: ['ACCOUNT_UNBLOCKED'] }
  }

  markEmailVerified(userId: string): Foreseen {
    const person = this.people.get(userId)
    if (person === undefined) return refused('user_not_found')
    if (person.isVerified) return OK
    person.isVerified = true
    return { ...OK, events: ['EMAIL_VERIFIED'] }
  }

  requestEmailChange(
    userId: string,
    next: { email: string; display: string },
    proof: Proof,
  ): Foreseen {
    const failure = this.#checkProof(userId, proof)
    if (failure !== null) return failure
    const person = this.people.get(userId)
    if (person === undefined) return refused('user_not_found')
    if (person.email === next.email) return { ...refused('invalid_input'), reason: 'unchanged' }
    const full = this.#count([['otpSend', `email_change:${next.email}`]])
    if (full !== null) return this.#limited(full)
    const isTaken = this.byEmail(next.email) !== null
    const payload = { from: person.email, to: next.email, display: next.display }
    const expiresAt = this.#now() + CHANGE_LIFE
    const code = { purpose: 'change', userId, expiresAt, payload, triesLeft: 1 }
    this.#issue(userId, code, isTaken ? null : next.display)
    return { ...OK, events: ['EMAIL_CHANGE_REQUESTED'] }
  }

  confirmEmailChange(token: string): Foreseen {
    const link = this.#findLink('change', token)
    if (typeof link === 'string') return refused(link)
    const { place, person, code } = link
    const { from = '', to = '', display = '' } = code.payload
    this.codes.delete(place)
    if (person.email !== from) return refused('link_invalid')
    if (this.byEmail(to) !== null || this.#isReserved(to, person.id)) return refused('email_taken')
    const old = { email: person.email, display: person.display }
    Object.assign(person, { email: to, display, isVerified: true })
    this.#endSessions(person.id, null)
    this.#voidCodes(person.id, true)
    const payload = { to: old.email, display: old.display }
    const expiresAt = this.#now() + UNDO_LIFE
    const undo = { purpose: 'undo', userId: person.id, expiresAt, payload, triesLeft: 1 }
    this.#issue(old.email, undo, old.display)
    return {
      ...OK,
      events: ['EMAIL_CHANGED'],
      learn: (user: { email: string }) => user.email === to,
    }
  }

  undoEmailChange(token: string): Foreseen {
    const link = this.#findLink('undo', token)
    if (typeof link === 'string') return refused(link)
    const { to = '', display = '' } = link.code.payload
    const { person } = link
    this.codes.delete(link.place)
    const owner = this.byEmail(to) ?? person
    if (owner !== person || this.#isReserved(to, person.id)) return refused('email_taken')
    Object.assign(person, { email: to, display, isVerified: true })
    this.#endSessions(person.id, null)
    this.#voidCodes(person.id, false)
    this.#notify(display)
    return { ...OK, events: ['EMAIL_CHANGE_UNDONE'] }
  }

  deleteUser(userId: string, proof: Proof): Foreseen {
    const failure = this.#checkProof(userId, proof)
    if (failure !== null) return failure
    if (!this.people.delete(userId)) return refused('user_not_found')
    for (const { id } of [...this.sessions.values()].filter((s) => s.userId === userId)) {
      this.sessions.delete(id)
    }
    this.#voidCodes(userId, false)
    return { ...OK, events: ['ACCOUNT_DELETED'] }
  }

  exportUser(userId: string): Foreseen {
    if (!this.people.has(userId)) return refused('user_not_found')
    const sessions = [...this.sessions.values()].filter((s) => s.userId === userId).length
    const codes = [...this.codes.values()].filter((c) => c.userId === userId).length
    const learn = (value: {
      sessions: readonly unknown[]
      openCodes: readonly unknown[]
    }): boolean => value.sessions.length === sessions && value.openCodes.length === codes
    return { ...OK, events: ['ACCOUNT_EXPORTED'], learn }
  }

  /** What is known of a person, as the API shows it. */
  seen(person: Person): unknown {
    const { id, email, display, version, isVerified, isBlocked, hasSignedIn } = person
    return { id, email, display, version, isVerified, isBlocked, hasSignedIn }
  }

  // Mail and housekeeping.

  /** The addresses that mail should have gone to, in their order; what expired leaves an event each. */
  deliver(): Foreseen & {
    readonly to: readonly string[]
    read(secrets: readonly (string | null)[]): void
  } {
    const due = this.#mails.splice(0)
    const isOver = (mail: Mail): boolean => mail.expiresAt !== null && mail.expiresAt <= this.#now()
    const sent = due.filter((mail) => mail.to !== null && !isOver(mail))
    const expired = due.filter((mail) => mail.to !== null && isOver(mail))
    return {
      answer: 'ok',
      events: expired.map(() => 'MAIL_FAILED'),
      value: { sent: sent.length, retried: 0, failed: 0, expired: expired.length },
      to: sent.map((mail) => mail.to ?? ''),
      read: (secrets) => {
        for (const [n, { code }] of sent.entries())
          if (code !== null) code.secret = secrets[n] ?? null
      },
    }
  }

  prune(): Foreseen {
    const endedBefore = this.#now() - ENDED_DAYS * DAY
    const codes = [...this.codes].filter(([, code]) => !this.#isLive(code))
    for (const [place] of codes) this.codes.delete(place)
    const sessions = [...this.sessions.values()].filter(
      (s) => s.expiresAt < endedBefore || (s.revokedAt !== null && s.revokedAt < endedBefore),
    )
    for (const { id } of sessions) this.sessions.delete(id)
    const learn = (counts: { codes: number; sessions: number }): boolean =>
      counts.codes === codes.length && counts.sessions === sessions.length
    return { ...OK, learn }
  }
}

/** A password that is refused wherever a new one is chosen. */
export const WEAK = 'short'

/** The claim of an access token, read as anyone can. */
export function sessionIdOf(accessToken: string): string {
  const body = accessToken.split('.')[1] ?? ''
  return (JSON.parse(Buffer.from(body, 'base64url').toString()) as { sessionId: string }).sessionId
}
