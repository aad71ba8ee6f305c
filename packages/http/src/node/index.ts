export { toNodeListener } from './to-node-listener.ts'
export type { NodeListener } from './to-node-listener.ts'
export { toRequest } from './to-request.ts'
