import type { LinkedIdentity } from '@mindmesh/auth'
import * as v from 'valibot'

/** The shape of {@link ShownIdentity}, for the OpenAPI document. */
export const identitySchema = v.object({
  provider: v.string(),
  subject: v.string(),
  email: v.nullable(v.string()),
  linkedAt: v.pipe(v.string(), v.isoTimestamp()),
})

/** An identity at a provider as its owner sees it. */
export type ShownIdentity = v.InferOutput<typeof identitySchema>

/** An identity as it goes over the wire. */
export function showIdentity({
  provider,
  subject,
  email,
  linkedAt,
}: LinkedIdentity): ShownIdentity {
  return { provider, subject, email, linkedAt: linkedAt.toISOString() }
}
