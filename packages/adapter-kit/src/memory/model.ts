import type { User } from '@mindmesh/auth/ports'

/** The types that `memoryStore<Profile>()` gives: a user with whatever profile it was registered with. */
export interface MemoryModel<Profile extends object> {
  readonly user: User & Profile
  readonly profile: Profile
}
