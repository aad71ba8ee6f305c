import type { ProblemCode } from '../problems/problem-codes.ts'
import type { TokenStorage } from './token-storage.ts'

/** `cookie` for pages of the site itself, `token` for everything else. */
export type ClientMode = 'cookie' | 'token'

/** How a client works. */
export interface AuthClientOptions {
  /** @default 'cookie' */
  readonly mode?: ClientMode
  /** @default the global one */
  readonly fetch?: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Token mode: where the tokens are kept. @default memory */
  readonly storage?: TokenStorage
  /** Origins besides that of `baseUrl` that `client.fetch` may show the session to. @default [] */
  readonly apiOrigins?: readonly string[]
  /** Called once when the session turns out to be over: the place to show the sign-in page. */
  readonly onSessionEnd?: (code: ProblemCode | 'unknown') => void
}
