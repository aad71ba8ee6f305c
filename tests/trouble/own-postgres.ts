import { join } from 'node:path'
import { postgresServer } from '../engines/postgres-server.ts'
import { newestPrograms, startOwnServer, type OwnServer } from './own-server.ts'

const programs = newestPrograms('/usr/lib/postgresql')

/** Whether PostgreSQL's programs are on this machine. Where it runs in a container, they are not. */
export const hasOwnPostgres = programs !== null

/** A PostgreSQL server of the test file's own. */
export async function startOwnPostgres(): Promise<OwnServer> {
  const program = (name: string): string => join(programs ?? '', name)
  return startOwnServer({
    systemUser: 'postgres',
    orderly: 'SIGINT',
    atOnce: 'SIGQUIT',
    url: (port) => `postgres://mindmesh@127.0.0.1:${port}/postgres`,
    create: (folder) => [
      program('initdb'),
      '-D',
      join(folder, 'data'),
      '-U',
      'mindmesh',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ],
    run: (folder, port) => [
      program('postgres'),
      '-D',
      join(folder, 'data'),
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
      '-c',
      'max_connections=20',
    ],
    greet: async (url) => postgresServer.run(url, 'select 1'),
  })
}
