import { AuthError } from '@mindmesh/auth'
import { AuthClientError } from '@mindmesh/auth-http/client'
import type { Html } from './html.ts'
import type { Input } from './read-form.ts'
import type { UserVisit, Visit } from './visit.ts'

/** What a form shows again after it was refused; nothing of that at first. */
export interface FormState {
  readonly values: Input
  readonly refused: RefusedForm | null
}

/** Why a form was refused. */
export interface RefusedForm {
  readonly code: string
  readonly status: number
  /** Fit to be shown. */
  readonly message: string
  /** The field that is wrong, or `null` where the form as a whole is. */
  readonly field: string | null
}

/** Where to go after a form was taken, or the answer itself. */
export type Next = string | Response

interface PageOf<V extends Visit> {
  readonly title: string
  /** Where the button is that posts here, if it is on another page. */
  readonly home?: string
  /** The field that is wrong where the password is, if a person is known already. */
  readonly passwordField?: string
  show(visit: V, state: FormState): Html | Promise<Html>
  /** Takes the posted form. A page without it takes none. */
  submit?(visit: V, input: Input): Promise<Next>
}

/** A page for anyone. */
export interface OpenPage extends PageOf<Visit> {
  readonly access: 'anyone'
}

/** A page for people who are signed in, or for the administrator alone. */
export interface UserPage extends PageOf<UserVisit> {
  readonly access: 'user' | 'admin'
}

/** A page of the site; its path stands in the table of all pages. */
export type Page = OpenPage | UserPage

/** What to say of an error that a person can do something about on this page; `null` for every other. */
export function refusedForm(error: unknown, { passwordField }: Page): RefusedForm | null {
  if (!(error instanceof AuthError || error instanceof AuthClientError)) return null
  const { code, status, message, field, retryAfterSeconds, attemptsLeft } = error
  const wait = retryAfterSeconds === null ? '' : ` Try again in ${duration(retryAfterSeconds)}.`
  const left = attemptsLeft === null ? '' : ` Tries left: ${attemptsLeft}.`
  return {
    code,
    status,
    message: `${message}${wait}${left}`,
    field: fieldOf(code, field, passwordField ?? null),
  }
}

function duration(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
}

function fieldOf(code: string, field: string | null, passwordField: string | null): string | null {
  if (code === 'otp_invalid' || code === 'otp_expired') return 'code'
  if (code === 'invalid_credentials') return passwordField
  // `profile.displayName` is the field `displayName` of the form.
  return field?.split('.').at(-1) ?? null
}
