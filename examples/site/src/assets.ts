import { readFileSync } from 'node:fs'

const TYPES: Readonly<Record<string, string>> = {
  'style.css': 'text/css; charset=utf-8',
  'site.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** The files that pages load, read once: by path, what answers with them. */
export function openAssets(): ReadonlyMap<string, () => Response> {
  return new Map(
    Object.entries(TYPES).map(([name, type]) => {
      const text = readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8')
      const headers = { 'content-type': type, 'cache-control': 'max-age=60' }
      return [`/${name}`, () => new Response(text, { headers })]
    }),
  )
}
