import type { AttackRace } from './attack-case.ts'
import { codesAtOnce } from './codes-at-once.ts'
import { linksAtOnce } from './links-at-once.ts'
import { passwordsAtOnce } from './passwords-at-once.ts'
import { sessionsAtOnce } from './sessions-at-once.ts'

/** Everything that works once or counts, many times at once. */
export const attackRaces: readonly AttackRace[] = [
  ...codesAtOnce,
  ...passwordsAtOnce,
  ...linksAtOnce,
  ...sessionsAtOnce,
]
