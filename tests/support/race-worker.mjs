// One of several processes that race on one database, run from the built packages: Node 20 runs no TypeScript.
import { serveRaces } from '@mindmesh/auth-adapter-kit'

const { engine, place } = JSON.parse(process.argv[2])
const { openStore } = await import(`./stores/${engine}.mjs`)
const { store, close } = await openStore(place)
serveRaces(store, close)
