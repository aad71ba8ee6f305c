import { whole } from './whole.ts'

/** Whether this run takes its time, as `.ci/run` does: each proof on every engine, and often. */
export const isThorough: boolean = (process.env['MINDMESH_THOROUGH'] ?? '') !== ''

/** How often something is tried: as the variable says, else as thoroughly as this run is. */
export function repeats(
  variable: `MINDMESH_${string}`,
  { usually, thoroughly }: { readonly usually: number; readonly thoroughly: number },
): number {
  return whole(process.env[variable], isThorough ? thoroughly : usually)
}
