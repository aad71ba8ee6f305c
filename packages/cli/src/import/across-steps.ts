import type { ImportOutcome, UserToImport } from '@mindmesh/auth'

/** Corrects what a step of a trial told. */
export type Correction = (
  people: readonly UserToImport[],
  outcomes: readonly ImportOutcome[],
) => readonly ImportOutcome[]

/**
 * A trial writes nothing, so a step does not see who would be there from the steps before: this remembers them. Only
 * two spellings of one international domain are not recognised here.
 */
export function acrossSteps(): Correction {
  const ids = new Set<string>()
  const keys = new Set<string>()
  const judge = (person: UserToImport, outcome: ImportOutcome): ImportOutcome['status'] => {
    const { status, userId } = outcome
    if (status !== 'imported' || userId === null) return status
    if (ids.has(userId)) return 'present'
    const email = JSON.stringify(person.email.trim().toLowerCase())
    const identities = (person.identities ?? []).map(({ provider, subject }) =>
      JSON.stringify([provider, subject]),
    )
    if (keys.has(email)) return 'email_taken'
    if (identities.some((identity) => keys.has(identity))) return 'account_taken'
    ids.add(userId)
    for (const key of [email, ...identities]) keys.add(key)
    return 'imported'
  }
  return (people, outcomes) =>
    outcomes.map((outcome, n) => {
      const person = people[n]
      return person === undefined ? outcome : { ...outcome, status: judge(person, outcome) }
    })
}
