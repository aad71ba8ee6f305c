import { accessTokens } from './access-tokens.ts'
import { attackRaces } from './at-once.ts'
import { casesOfAttackRaces, type AttackCase } from './attack-case.ts'
import { clockSetBack } from './clock-set-back.ts'
import { dodgedLimits } from './dodged-limits.ts'
import { enumeration } from './enumeration.ts'
import { fixation } from './fixation.ts'
import { guessing } from './guessing.ts'
import { hostileInput } from './hostile-input.ts'
import { mailInjection } from './mail-injection.ts'
import { providers } from './providers.ts'
import { purposes } from './purposes.ts'
import { refreshTokens } from './refresh-tokens.ts'
import { replays } from './replays.ts'

/** What attackers try: every case needs empty tables of its own. */
export const attackCases: readonly AttackCase[] = [
  ...casesOfAttackRaces(attackRaces),
  ...guessing,
  ...dodgedLimits,
  ...enumeration,
  ...hostileInput,
  ...accessTokens,
  ...refreshTokens,
  ...purposes,
  ...fixation,
  ...providers,
  ...mailInjection,
  ...replays,
  ...clockSetBack,
]
