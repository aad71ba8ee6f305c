import * as v from 'valibot'
import { userRoute } from '../route.ts'

/** Mails a code to the person's own address, for apps whose sign-in has no second step that proves it. */
export const sendVerification = userRoute({
  summary: 'Mail a code that proves the address.',
  body: v.strictObject({}),
  status: 202,
  problems: ['rate_limited'],
  handle: async ({ api, caller }): Promise<void> => api.otp.send(caller.user.email, 'email_verify'),
})
