// One of several processes that attack one database, run from the built packages: Node 20 runs no TypeScript.
import { MindmeshAuth } from '@mindmesh/auth'
import { serveAttacks } from '@mindmesh/auth-adapter-kit/attacks'

const { engine, place } = JSON.parse(process.argv[2])
const { openStore } = await import(`./stores/${engine}.mjs`)
const { store, close } = await openStore(place)
serveAttacks((parts) => new MindmeshAuth({ ...parts, adapter: store }), close)
