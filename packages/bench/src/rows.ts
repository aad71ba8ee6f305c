import type { Row } from './row.ts'
import { checksUnderLogins } from './rows/checks-under-logins.ts'
import { httpMe } from './rows/http-me.ts'
import { importCost } from './rows/import-cost.ts'
import { memory } from './rows/memory.ts'
import { prune } from './rows/prune.ts'
import { tableSize } from './rows/table-size.ts'
import { passwordStep } from './rows/password-step.ts'
import { refresh } from './rows/refresh.ts'
import { sessionCheck } from './rows/session-check.ts'
import { signUp } from './rows/sign-up.ts'
import { twoStepLogin } from './rows/two-step-login.ts'
import { verifyAccessToken } from './rows/verify-access-token.ts'

/** What `pnpm bench` measures, in the order of the table. */
export const rows: readonly Row[] = [
  verifyAccessToken,
  sessionCheck,
  passwordStep,
  twoStepLogin,
  refresh,
  signUp,
  httpMe,
  checksUnderLogins,
  tableSize,
  prune,
  memory,
  importCost,
]
