import { races, runRace, type ContractContext } from '@mindmesh/auth-adapter-kit'

/** Runs every race once within this process; an error names the race. */
export async function runRaces(context: ContractContext): Promise<void> {
  for (const race of races) {
    try {
      await runRace(race, context)
    } catch (cause) {
      throw new Error(race.name, { cause })
    }
  }
}
