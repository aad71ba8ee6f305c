import type { Visit } from './visit.ts'

/**
 * Whether the caller is the administrator: whoever has proven the address of ADMIN_EMAIL. A real app would rather
 * have a column `role` that no form can set.
 */
export function isAdmin({ app, caller }: Pick<Visit, 'app' | 'caller'>): boolean {
  if (caller === null || caller.user.emailVerifiedAt === null) return false
  return caller.user.email === app.settings.adminEmail
}
