import type { CodeRecord, User } from '../ports/entities.ts'

/** What a code or link of a person rests on; it goes into the payload of its row. */
export function basisOf(user: User): {
  readonly email: string
  readonly passwordVersion: number
} {
  return { email: user.email, passwordVersion: user.passwordVersion }
}

/**
 * Whether the person still has the address and the password under which a code was begun. A change voids the codes
 * that are there; one that was begun before it and is written after it is told by this.
 */
export function restsOn(user: User, { payload }: CodeRecord): boolean {
  return payload['email'] === user.email && payload['passwordVersion'] === user.passwordVersion
}
