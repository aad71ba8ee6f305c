import { fileURLToPath } from 'node:url'
import { openApp } from './auth.ts'
import { createSite } from './server.ts'

const port = Number(process.env['PORT'] ?? 3000)
const host = process.env['HOST'] ?? '127.0.0.1'
const folder = process.env['DATA_DIR'] ?? fileURLToPath(new URL('../.data', import.meta.url))
const origin = process.env['ORIGIN'] ?? `http://localhost:${port}`

const app = await openApp(folder, origin)
const site = createSite(app, origin)

site.on('error', (error: NodeJS.ErrnoException) => {
  const isTaken = error.code === 'EADDRINUSE'
  console.error(isTaken ? `Port ${port} is taken: try PORT=${port + 1} npm start` : error.message)
  process.exitCode = 1
  void app.close()
})
site.listen(port, host, () => {
  const mail = app.mailbox === null ? 'your mail' : '/inbox'
  console.log(`Mindmesh Auth example: ${origin}`)
  console.log(`Register, sign in, and find the code in ${mail}. Ctrl-C ends it.`)
})

let isStopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return
    isStopping = true
    site.close(() => void app.close())
    site.closeAllConnections()
  })
}
