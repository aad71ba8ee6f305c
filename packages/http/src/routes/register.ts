import { AuthError } from '@mindmesh/auth'
import * as v from 'valibot'
import { openRoute, type OpenRoute } from '../route.ts'
import type { Setup } from '../setup.ts'
import { onGrid } from '../on-grid.ts'
import { email } from './fields.ts'

/** What `register` takes. `Profile` is what the app's own schema takes, or `never`. */
export type RegisterBody<Profile = never> = {
  readonly email: string
  readonly password: string
} & ([Profile] extends [never]
  ? unknown
  : undefined extends Profile
    ? { readonly profile?: Profile }
    : { readonly profile: Profile })

/** {@link RegisterBody} as the route sees it. */
export interface ParsedRegisterBody {
  readonly email: string
  readonly password: string
  readonly profile?: object | undefined
}

/**
 * Makes an account, and answers alike where the address has one already: its owner is told by mail. The client goes
 * on with `login`; the code that is mailed then proves the address.
 */
export function register({
  profile,
}: Setup): OpenRoute<RegisterBody, ParsedRegisterBody, void, 202> {
  const credentials = { email, password: v.string() }
  const body: v.GenericSchema<RegisterBody, ParsedRegisterBody> =
    profile === null ? v.strictObject(credentials) : v.strictObject({ ...credentials, profile })
  return openRoute({
    summary: 'Make an account. The answer is the same for an address that has one.',
    access: 'anyone',
    body,
    status: 202,
    problems: ['rate_limited', 'busy'],
    handle: async ({ api, body: { email: address, password, profile: given = {} } }) =>
      onGrid(async () => {
        try {
          await api.auth.register(address, password, given)
        } catch (error) {
          if (!(error instanceof AuthError && error.code === 'email_taken')) throw error
        }
      }),
  })
}
