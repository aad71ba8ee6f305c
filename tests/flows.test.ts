import { describe } from 'vitest'
import { engines } from './engines.ts'
import { atomicity } from './flows/atomicity.ts'
import { blocking } from './flows/blocking.ts'
import { context } from './flows/context.ts'
import { emailChange } from './flows/email-change.ts'
import { equalWork } from './flows/equal-work.ts'
import { events } from './flows/events.ts'
import { journey } from './flows/journey.ts'
import { codeLimits, passwordLimits, registrationLimits, sendLimits } from './flows/limits.ts'
import { mailDelivery, mailTrouble, mailWords } from './flows/mail.ts'
import { maintenance } from './flows/maintenance.ts'
import { otp } from './flows/otp.ts'
import { password } from './flows/password.ts'
import { people } from './flows/people.ts'
import { races } from './flows/races.ts'
import { refresh } from './flows/refresh.ts'
import { registration } from './flows/registration.ts'
import { secretsKept } from './flows/secrets.ts'
import { sessions } from './flows/sessions.ts'
import { signIn } from './flows/sign-in.ts'
import { subscriptions } from './flows/subscriptions.ts'
import { flowTest, type FlowTest } from './support/flow-test.ts'

/** Every flow. Each module declares its tests for whatever engine it is given; `-t sqlite` runs one engine alone. */
const flows: readonly ((test: FlowTest) => void)[] = [
  journey,
  registration,
  signIn,
  sendLimits,
  codeLimits,
  passwordLimits,
  registrationLimits,
  otp,
  refresh,
  races,
  password,
  emailChange,
  sessions,
  blocking,
  people,
  maintenance,
  context,
  mailDelivery,
  mailTrouble,
  mailWords,
  events,
  subscriptions,
  atomicity,
  equalWork,
  secretsKept,
]

describe.each(engines)('flows on $name', (engine) => {
  const test = flowTest(engine)
  for (const declare of flows) declare(test)
})
