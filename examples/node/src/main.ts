import { fileURLToPath } from 'node:url'
import { openApp, readSettings, serve } from 'mindmesh-auth-example-site'
import { createServer } from './server.ts'

const folder = fileURLToPath(new URL('../.data', import.meta.url))
const app = await openApp(readSettings(process.env, folder))
serve(createServer(app), app)
