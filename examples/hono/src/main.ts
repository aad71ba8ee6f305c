import { fileURLToPath } from 'node:url'
import { serve } from 'mindmesh-auth-example-site'
import { createServer } from './server.ts'

await serve(createServer, fileURLToPath(new URL('../.data', import.meta.url)))
