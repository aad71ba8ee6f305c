export { memoryStore } from './memory/memory-store.ts'
export type { MemoryStore } from './memory/memory-store.ts'
