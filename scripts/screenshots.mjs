// `pnpm screenshots`: pictures of every page of the examples, on a phone and on a desk, by day and by night, into
// docs/pictures/all; the few that the documents show are copied into docs/pictures. Needs Chromium.
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = 'docs/pictures'

const SHOWN = [
  'account-desk-light',
  'inbox-desk-dark',
  'people-desk-dark',
  'account-phone-dark',
  'sign-in-code-phone-light',
  'register-refused-phone-light',
]

rmSync(`${root}${folder}/all`, { recursive: true, force: true })
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.workspace.ts']
const { status } = spawnSync('node', [...vitest, 'tests/browser/pages.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    MINDMESH_SCREENSHOTS: `${folder}/all`,
    MINDMESH_REQUIRE_BROWSER: '1',
    MINDMESH_TEST_ENGINES: 'memory',
  },
})
if (status !== 0) process.exit(status ?? 1)
for (const name of SHOWN)
  copyFileSync(`${root}${folder}/all/${name}.png`, `${root}${folder}/${name}.png`)
