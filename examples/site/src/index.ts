export type { App } from './open-app.ts'
export { serve } from './serve.ts'
export { createSite } from './site.ts'
