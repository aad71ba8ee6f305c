import type { AppModel } from '@mindmesh/auth'
import * as v from 'valibot'

const timestamp = v.pipe(v.string(), v.isoTimestamp())

/** What everyone may see of themselves, whatever columns the app has. */
export const publicUserSchema = v.object({
  id: v.pipe(v.string(), v.uuid()),
  email: v.pipe(v.string(), v.description('For signing in: lower-cased.')),
  displayEmail: v.pipe(v.string(), v.description('As the person wrote it.')),
  emailVerifiedAt: v.nullable(timestamp),
  lastSignedInAt: v.nullable(timestamp),
  createdAt: timestamp,
})

/** A person as the routes show them. Times are ISO 8601. The app adds columns of its own by `userFields`. */
export type PublicUser = v.InferOutput<typeof publicUserSchema>

/** The library's columns that are fit to show, and of the app's own those that it chose. Nothing else leaves. */
export function presentUser(
  user: AppModel['user'],
  userFields: v.GenericSchema<unknown, object>,
): PublicUser {
  return {
    ...v.parse(userFields, user),
    id: user.id,
    email: user.email,
    displayEmail: user.displayEmail,
    emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
    lastSignedInAt: user.lastSignedInAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
  }
}

/** The shape of {@link presentUser}, for the OpenAPI document. */
export function userSchema(
  userFields: v.GenericSchema<unknown, object>,
): v.GenericSchema<unknown, PublicUser> {
  return v.intersect([publicUserSchema, userFields])
}
