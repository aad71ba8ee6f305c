import type {
  AppModel,
  AuthEvent,
  AuthEventType,
  ConfigOptions,
  Logger,
  MailMessage,
  MindmeshApi,
  MindmeshAuth,
  OAuthProvider,
  PasswordHasher,
  RequestContext,
  Tokens,
  User,
} from '@mindmesh/auth'
import {
  captureMailer,
  fastHasher,
  settableClock,
  type CaptureMailer,
  type SettableClock,
} from '@mindmesh/auth/testing'
import { present } from '../expect.ts'
import { attackProvider, type AttackProvider } from './attack-provider.ts'
import type { AttackSurface } from './attack-surface.ts'
import { withProfile } from './with-profile.ts'

/** Everybody's password, and the one that comes after it. */
export const PASSWORD = 'correct horse battery'
export const NEXT_PASSWORD = 'another long password'

/** The secrets of the instances that are attacked. */
export const SECRETS = {
  jwtSecret: 'jwt-secret-under-attack-0123456789abcdef',
  refreshSecret: 'refresh-secret-under-attack-0123456789ab',
} as const

/** What the app's own instance must be made with, so that the cases can look at what it does. */
export interface AttackParts {
  readonly mailer: CaptureMailer
  readonly clock: SettableClock
  readonly passwordHasher: PasswordHasher
  readonly logger: Logger
  readonly providers: readonly OAuthProvider[]
  /** No variable of the machine counts. */
  readonly env: Readonly<Record<string, string>>
  /** Wins over the app's own `config`. */
  readonly config: ConfigOptions
}

/** Makes an instance over the tables of this case. Called again where a case needs several on the same tables. */
export type OpenAttacked<App extends AppModel = AppModel> = (
  parts: AttackParts,
) => Pick<MindmeshAuth<App>, keyof MindmeshApi | 'withContext' | 'close'>

/** The app's figures, where they are not the defaults. */
export interface AttackLimits {
  readonly otpAttempts: number
  readonly otpSend: number
  readonly loginPerIp: number
  readonly loginFailures: number
  readonly codeFailuresPerDay: number
  readonly codeFailuresPerPassword: number
  readonly resetRequest: number
  readonly takenAddressNotice: number
}

const DEFAULT_LIMITS: AttackLimits = {
  otpAttempts: 5,
  otpSend: 3,
  loginPerIp: 10,
  loginFailures: 10,
  codeFailuresPerDay: 10,
  codeFailuresPerPassword: 100,
  resetRequest: 3,
  takenAddressNotice: 3,
}

/** What a context is made with. */
export interface AttackContextOptions {
  /** The columns that the app's users table requires. @default {} */
  readonly profile?: object
  /** @default the library's defaults */
  readonly limits?: Partial<AttackLimits>
  /** How strangers reach the instance. @default its own functions, by `withContext` */
  readonly surface?: (mindmesh: Attacked, request: RequestContext) => AttackSurface
}

/** The instance under attack, as the app has it. */
export type Attacked = ReturnType<OpenAttacked>

/** What a case may use. */
export interface AttackContext {
  /** The app's own side: blocks, lists, ends, and calls for people who are signed in. */
  readonly app: Attacked
  readonly clock: SettableClock
  readonly mails: readonly MailMessage[]
  readonly hub: AttackProvider
  readonly mill: AttackProvider
  readonly limits: AttackLimits
  /** What `register` fills in where nothing else is given. */
  readonly profile: object
  /** What a stranger reaches, from an address and with a user agent of their choice. */
  from(request?: RequestContext): AttackSurface
  /** Another instance over the same tables. */
  another(config?: ConfigOptions): Attacked
  /** Somebody at example.com, with {@link PASSWORD}. */
  register(name: string): Promise<User>
  /** The password step of somebody registered, with the code that was mailed. */
  startLogin(email: string, password?: string): Promise<StartedLogin>
  /** Both steps. */
  signIn(email: string, password?: string): Promise<Tokens & { readonly sessionId: string }>
  /** Sends what waits, then gives the newest mail to an address. */
  newestMail(to: string): Promise<MailMessage>
  /** The token of the link in the newest mail. */
  newestToken(to: string): Promise<string>
  /** Every event of a type, oldest first. */
  events(type: AuthEventType): Promise<readonly AuthEvent[]>
}

/** A sign-in that waits for its code. */
export interface StartedLogin {
  readonly challengeId: string
  readonly code: string
}

/** The context of one case. Its tables must be empty. Close `app` afterwards. */
export function attackContext<App extends AppModel>(
  open: OpenAttacked<App>,
  { profile = {}, limits = {}, surface }: AttackContextOptions = {},
): AttackContext {
  const clock = settableClock()
  const mailer = captureMailer()
  const hub = attackProvider('hub')
  const mill = attackProvider('mill')
  // The app's own columns do not matter here: whatever they are, the functions are the same.
  const another = (config: ConfigOptions = {}): Attacked =>
    withProfile(open(partsOf({ clock, mailer, providers: [hub, mill] }, config)), profile)
  const app = another()
  const newestMail = async (to: string): Promise<MailMessage> => {
    await app.mail.deliverDue()
    return present(
      mailer.sent.findLast((mail) => mail.to === to),
      `a mail to ${to}`,
    )
  }
  return {
    app,
    clock,
    mails: mailer.sent,
    hub,
    mill,
    limits: { ...DEFAULT_LIMITS, ...limits },
    profile,
    from: (request = {}) => surface?.(app, request) ?? strangers(app.withContext(request)),
    another,
    register: async (name) => app.auth.register(`${name}@example.com`, PASSWORD),
    ...signingIn(app, newestMail),
    newestMail,
    newestToken: async (to) => match(/[\w-]{43}/, (await newestMail(to)).text),
    events: async (type) => (await app.events.list({ type, limit: 500 })).items.toReversed(),
  }
}

const SILENT: Logger = { info() {}, warn() {}, error() {} }

function partsOf(
  parts: Pick<AttackParts, 'clock' | 'mailer' | 'providers'>,
  config: ConfigOptions,
): AttackParts {
  return {
    ...parts,
    passwordHasher: fastHasher(),
    logger: SILENT,
    env: {},
    config: {
      ...SECRETS,
      mailDelivery: 'manual',
      urls: { oauthCallback: 'https://app.example.com/auth/oauth/:provider/callback' },
      ...config,
    },
  }
}

function signingIn(
  app: Attacked,
  newestMail: AttackContext['newestMail'],
): Pick<AttackContext, 'startLogin' | 'signIn'> {
  const startLogin: AttackContext['startLogin'] = async (email, password = PASSWORD) => {
    const step = await app.auth.login(email, password)
    const { challengeId } = present(step.otpRequired ? step : null, 'a second step')
    return { challengeId, code: match(/\b\d{6}\b/, (await newestMail(email)).text) }
  }
  return {
    startLogin,
    async signIn(email, password) {
      const { challengeId, code } = await startLogin(email, password)
      const tokens = await app.auth.verifyOtp(email, code, 'login', { challengeId })
      const { sessionId } = await app.auth.verifyAccessToken(tokens.accessToken)
      return { ...tokens, sessionId }
    },
  }
}

/** The bound API has more; that it fits is what the compiler checks here. */
function strangers(api: MindmeshApi): AttackSurface {
  return api
}

function match(pattern: RegExp, text: string): string {
  return present(pattern.exec(text)?.[0], 'what a mail must hold')
}
