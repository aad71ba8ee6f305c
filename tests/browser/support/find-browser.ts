import { existsSync } from 'node:fs'

/** A Chromium to run the pages in, or why there is none. */
export type FoundBrowser = { readonly path: string } | { readonly missing: string }

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * Looks for Chromium or Chrome: at CHROME_PATH if that is set, else in the usual places. Throws where it is not found
 * and MINDMESH_REQUIRE_BROWSER asks for it.
 */
export function findBrowser(
  env: NodeJS.ProcessEnv,
  isThere: (path: string) => boolean = existsSync,
): FoundBrowser {
  const named = env['CHROME_PATH']
  const path = (named ? [named] : USUAL_PLACES).find(isThere)
  if (path !== undefined) return { path }
  const missing = named ? `${named} is not there` : 'no Chromium; CHROME_PATH can name one'
  if (env['MINDMESH_REQUIRE_BROWSER']) throw new Error(`A browser is required: ${missing}.`)
  return { missing }
}

/** The line with which a run ends. */
export function browserSummary(found: FoundBrowser): string {
  return 'path' in found ? `Browser: ${found.path}` : `Left out: tests/browser (${found.missing})`
}
