// A process that subscribes to events until it is killed, run by tests/subscriber-kills.test.ts. Each event that it
// takes is a line in a file.
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { MindmeshAuth } from '@mindmesh/auth'
import { captureMailer, fastHasher } from '@mindmesh/auth/testing'

const { address, secrets, sink, position, since } = JSON.parse(process.argv[2])
const { openStore } = await import(`./stores/${address.engine}.mjs`)
const { store } = await openStore(address.place)
const mindmesh = new MindmeshAuth({
  adapter: store,
  mailer: captureMailer(),
  passwordHasher: fastHasher(),
  config: { ...secrets, mailDelivery: 'manual' },
  env: {},
})
const cursor = {
  async load() {
    try {
      return readFileSync(position, 'utf8')
    } catch {
      return null
    }
  },
  async save(text) {
    writeFileSync(`${position}.new`, text)
    renameSync(`${position}.new`, position)
  },
}
mindmesh.events.subscribe(({ id }) => appendFileSync(sink, `${id}\n`), {
  cursor,
  since: new Date(since),
  pollSeconds: 0.01,
  overlapSeconds: 1,
})
process.send('ready')
