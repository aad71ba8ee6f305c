import type { OAuthProvider } from '@mindmesh/auth'
import { github } from '@mindmesh/auth-oauth/github'
import { google } from '@mindmesh/auth-oauth/google'

/** The sign-in providers whose id and secret are in the environment. */
export function readProviders(env: NodeJS.ProcessEnv): readonly OAuthProvider[] {
  const providers: OAuthProvider[] = []
  const { GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET, GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET } = env
  if (GITHUB_CLIENT_ID && GITHUB_CLIENT_SECRET) {
    providers.push(github({ clientId: GITHUB_CLIENT_ID, clientSecret: GITHUB_CLIENT_SECRET }))
  }
  if (GOOGLE_CLIENT_ID && GOOGLE_CLIENT_SECRET) {
    providers.push(google({ clientId: GOOGLE_CLIENT_ID, clientSecret: GOOGLE_CLIENT_SECRET }))
  }
  return providers
}
