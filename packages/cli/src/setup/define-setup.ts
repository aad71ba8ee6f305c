import type { MindmeshAuth } from '@mindmesh/auth'

/** What the commands call of the app's instance. Any `MindmeshAuth` is one, whatever columns its users have. */
export type SetupInstance = Pick<
  MindmeshAuth,
  'user' | 'session' | 'events' | 'mail' | 'maintenance' | 'withContext' | 'close'
>

/** What a set-up file exports: as its default, or each by its name. */
export interface MindmeshSetup {
  readonly mindmesh: SetupInstance
  /** Called after the command, for what the library does not close: the app's database. */
  readonly close?: () => unknown
}

/** Gives the set-up back as it is: for the types in `mindmesh.config.ts`. */
export function defineSetup(setup: MindmeshSetup): MindmeshSetup {
  return setup
}
