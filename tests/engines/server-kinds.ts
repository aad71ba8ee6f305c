import { mysqlServer } from './mysql-server.ts'
import { postgresServer } from './postgres-server.ts'
import type { ServerKind, ServerName } from './server.ts'

/** How each kind of server is asked. */
export const serverKinds: Readonly<Record<ServerName, ServerKind>> = {
  postgres: postgresServer,
  mysql: mysqlServer,
}
