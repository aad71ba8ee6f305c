import { openApp, type App } from './open-app.ts'
import { readSettings } from './settings.ts'

/** The part of a `node:http` server that is needed here. */
interface Server {
  listen(port: number, host: string, listening: () => void): unknown
  close(closed: () => void): unknown
  closeAllConnections?(): void
  on(event: 'error', report: (error: NodeJS.ErrnoException) => void): unknown
}

/**
 * Opens the app by the environment and serves it. `folder`: where data lies unless DATA_DIR says otherwise. A setting
 * that is wrong is named, without a stack.
 */
export async function serve(createServer: (app: App) => Server, folder: string): Promise<void> {
  try {
    const app = await openApp(readSettings(process.env, folder))
    listen(createServer(app), app)
  } catch (error) {
    console.error(error instanceof Error ? error.message : 'The site did not start.')
    process.exitCode = 1
  }
}

/** Listens, says where, and ends cleanly when it is told to: mail in flight is waited for. */
function listen(server: Server, app: App): void {
  const { port, host, origin } = app.settings
  server.on('error', (error) => {
    const isTaken = error.code === 'EADDRINUSE'
    console.error(isTaken ? `Port ${port} is taken: try PORT=${port + 1} npm start` : error.message)
    process.exitCode = 1
    void app.close()
  })
  server.listen(port, host, () => {
    const mail = app.mailbox === null ? 'your mail' : `the inbox at ${origin}/inbox`
    console.log(`Mindmesh Auth example: ${origin}`)
    console.log(`Make an account, sign in, and find the code in ${mail}. Ctrl-C ends it.`)
  })
  let isStopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) return
      isStopping = true
      server.close(() => void app.close())
      server.closeAllConnections?.()
    })
  }
}
