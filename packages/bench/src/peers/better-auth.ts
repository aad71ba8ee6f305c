import { randomBytes } from 'node:crypto'
import { betterAuth, type BetterAuthOptions } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { twoFactor } from 'better-auth/plugins'
import { newAddress, PASSWORD } from '../ours.ts'

/** What rows ask of Better Auth. */
export interface BetterAuthPeer {
  /** A new person who is signed in. */
  newPerson(): Promise<{ readonly email: string; readonly headers: Headers }>
  getSession(headers: Headers): Promise<unknown>
  /** The password step; with `usesSecondStep` it gives the headers of the attempt, else of the session. */
  signIn(email: string): Promise<Headers>
  /** Both steps: the password, then the code that was "sent". */
  signInWithCode(email: string): Promise<void>
}

/** How Better Auth is set up here, beside its documented defaults. */
export interface BetterAuthSetup {
  readonly database: NonNullable<BetterAuthOptions['database']>
  /** Every session check also renews the session, as it does by default once a day. @default false */
  readonly renewsAlways?: boolean
  /** A code by mail after the password (its two-factor plugin). @default false */
  readonly usesSecondStep?: boolean
  /** In the place of its own scrypt. */
  readonly hash?: {
    hash(password: string): Promise<string>
    verify(data: { hash: string; password: string }): Promise<boolean>
  }
}

/**
 * Better Auth with e-mail and password. Its checks of the session go to the database, as ours do: the cookie cache,
 * which a revocation does not reach, is off, as it is by default. No telemetry.
 */
export async function betterAuthPeer(setup: BetterAuthSetup): Promise<BetterAuthPeer> {
  let sentCode = ''
  const options = optionsOf(setup, (code) => {
    sentCode = code
  })
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const { api } = betterAuth(options)
  const signIn = async (email: string): Promise<Headers> => {
    const body = { email, password: PASSWORD }
    return cookiesOf((await api.signInEmail({ body, returnHeaders: true })).headers)
  }
  return {
    signIn,
    getSession: async (headers) => api.getSession({ headers }),
    async newPerson() {
      const email = newAddress()
      const body = { email, password: PASSWORD, name: 'Bench' }
      const headers = cookiesOf((await api.signUpEmail({ body, returnHeaders: true })).headers)
      if (setup.usesSecondStep === true) {
        await api.enableTwoFactor({ body: { password: PASSWORD, method: 'otp' }, headers })
      }
      return { email, headers }
    },
    async signInWithCode(email) {
      const headers = await signIn(email)
      await api.sendTwoFactorOTP({ headers, body: {} })
      await api.verifyTwoFactorOTP({ headers, body: { code: sentCode } })
    },
  }
}

function optionsOf(
  { database, hash, renewsAlways }: BetterAuthSetup,
  keep: (code: string) => void,
) {
  return {
    database,
    secret: randomBytes(32).toString('base64'),
    baseURL: 'http://localhost:3000',
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true, ...(hash === undefined ? {} : { password: hash }) },
    session: renewsAlways === true ? { updateAge: 0 } : {},
    plugins: [twoFactor({ otpOptions: { sendOTP: async ({ otp }) => keep(otp) } })],
  } satisfies BetterAuthOptions
}

/** What a browser would send back. */
function cookiesOf(headers: Headers): Headers {
  const cookies = headers.getSetCookie().filter((cookie) => !cookie.includes('Max-Age=0'))
  return new Headers({ cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') })
}
