import { AuthError } from '@mindmesh/auth'
import * as v from 'valibot'
import { userRoute } from '../route.ts'
import { code } from './fields.ts'

/** Marks the person's address as verified by the mailed code. */
export const confirmVerification = userRoute({
  summary: 'Prove the address by the mailed code.',
  body: v.strictObject({ code }),
  status: 204,
  problems: ['otp_invalid', 'rate_limited'],
  async handle({ api, body, caller }): Promise<void> {
    const isRight = await api.otp.verify(caller.user.email, body.code, 'email_verify')
    if (!isRight) throw new AuthError('otp_invalid')
  },
})
