export { defineSetup } from './setup/define-setup.ts'
export type { MindmeshSetup, SetupInstance } from './setup/define-setup.ts'
