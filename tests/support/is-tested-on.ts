import { inject } from 'vitest'
import type { ServerName } from '../engines/server.ts'

const { chosen } = inject('engineRun')

/**
 * Whether tests that start a server of their own run: where this run is to test that engine, and the server's
 * programs are here. Where the engine is required they run in any case, and fail without the programs.
 */
export function isTestedOn(server: ServerName, hasPrograms: boolean): boolean {
  const required = (process.env['MINDMESH_REQUIRE_ENGINES'] ?? '').split(',')
  return chosen.includes(server) && (hasPrograms || required.includes(server))
}
