import type { User } from '@mindmesh/auth/ports'
import type { AppClient, UserRow } from './client.ts'

/** What a generated client tells of a model, at a key that has no name. */
interface Generated<Payload, CreateMany> {
  readonly [key: symbol]: {
    readonly types: {
      readonly payload: Payload
      readonly operations: { readonly createMany: { readonly args: CreateMany } }
    }
  }
}

/** A client with the model `User` beside those of the library. */
export interface AppClientWithUser extends AppClient {
  readonly user: object
}

type RowOf<Model> =
  Model extends Generated<{ readonly scalars: infer Row }, unknown> ? Row : UserRow

type ProfileOf<Model> =
  Model extends Generated<unknown, { readonly data: infer Data }>
    ? Omit<Exclude<Data, readonly unknown[]>, keyof UserRow>
    : object

/** What an app's model `User` gives: the user without the hash, and the app's own columns to fill in. */
export interface ModelOf<Client extends AppClientWithUser> {
  readonly user: User & Readonly<Omit<RowOf<Client['user']>, keyof UserRow>>
  readonly profile: Readonly<ProfileOf<Client['user']>>
}
