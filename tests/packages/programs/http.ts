import { MindmeshAuth } from '@mindmesh/auth'
import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { authHandler } from '@mindmesh/auth-http'
import { createAuthClient } from '@mindmesh/auth-http/client'
import { toNodeListener } from '@mindmesh/auth-http/node'
import { captureMailer } from '@mindmesh/auth/testing'
import { once } from 'node:events'
import { createServer } from 'node:http'

const email = 'anna@example.com'
const password = 'correct horse battery'
const mailer = captureMailer()
const config = { jwtSecret: 'a'.repeat(32), refreshSecret: 'b'.repeat(32) }
const mindmesh = new MindmeshAuth({ adapter: memoryStore(), mailer, config, env: {} })

const server = createServer(toNodeListener(authHandler(mindmesh))).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
if (address === null || typeof address === 'string') throw new Error('There is no port.')

const auth = createAuthClient(`http://127.0.0.1:${address.port}/auth`, { mode: 'token' })
await auth.register({ email, password })
const step = await auth.login({ email, password })
if (!step.otpRequired) throw new Error('The second step is off.')
await mindmesh.mail.deliverDue()
const code = /\b\d{6}\b/.exec(mailer.sent.at(-1)?.text ?? '')?.[0] ?? ''
await auth.verifyOtp({ email, code, challengeId: step.challengeId ?? '' })
const { user } = await auth.me()
await auth.logout()
await mindmesh.close()
server.closeAllConnections()
server.close()
console.log(`${user.email} was signed in`)
