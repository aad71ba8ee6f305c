import { inject } from 'vitest'
import { serverKinds } from '../../engines/server-kinds.ts'
import { createOnServer, type ServerName } from '../../engines/server.ts'

const { id: runId, servers } = inject('engineRun')

/** A database in which nothing is yet: the command makes the tables, and opens it itself. */
export async function emptyDatabase(
  name: ServerName,
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const server = servers[name]
  if (!('url' in server)) throw new Error('There is no server.')
  const { place, drop } = await createOnServer(serverKinds[name], {
    url: server.url,
    runId,
    connect: async () => ({
      openStore: () => {
        throw new Error('Not by the test: by the command.')
      },
      close: async () => undefined,
    }),
  })
  return { url: place ?? '', drop }
}
