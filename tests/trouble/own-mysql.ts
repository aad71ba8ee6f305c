import { join } from 'node:path'
import { mysqlServer } from '../engines/mysql-server.ts'
import { programOf, startOwnServer, type OwnServer } from './own-server.ts'

const programs = [programOf('mariadbd'), programOf('mariadb-install-db')] as const

/** Whether MariaDB's programs are on this machine. Where it runs in a container, they are not. */
export const hasOwnMysql = !programs.includes(null)

/** A MariaDB server of the test file's own. */
export async function startOwnMysql(): Promise<OwnServer> {
  const [server, install] = programs.map((path) => path ?? '')
  return startOwnServer({
    systemUser: 'mysql',
    orderly: 'SIGTERM',
    atOnce: 'SIGKILL',
    url: (port) => `mysql://root@127.0.0.1:${port}/`,
    create: (folder) => [
      install ?? '',
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
    ],
    run: (folder, port) => [
      server ?? '',
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--innodb-flush-log-at-trx-commit=2',
      '--max-connections=20',
    ],
    greet: async (url) => mysqlServer.run(url, 'select 1'),
  })
}
