import { whole } from './whole.ts'

/** Whether this run takes its time, as `.ci/run` does: each proof on every engine, and often. */
export const isThorough: boolean = Boolean(process.env['MINDMESH_THOROUGH'])

/** How much an engine gets of what is tried often: through Prisma, where each try takes longest, a sixth. */
export function shareOf({ name }: { readonly name: string }): number {
  return name.startsWith('prisma-') ? 1 / 6 : 1
}

/** How often something is tried: as the variable says, else as thoroughly as this run is. */
export function repeats(
  variable: `MINDMESH_${string}`,
  { usually, thoroughly }: { readonly usually: number; readonly thoroughly: number },
): number {
  return whole(process.env[variable], isThorough ? thoroughly : usually)
}
