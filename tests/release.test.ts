import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from './support/pages.ts'

let copy: string

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'mindmesh-release-'))
  const files = ['package.json', 'pnpm-workspace.yaml', 'CHANGELOG.md', '.changeset', 'scripts']
  const manifests = readdirSync(join(root, 'packages')).map(
    (name) => `packages/${name}/package.json`,
  )
  for (const file of [...files, ...manifests]) {
    cpSync(join(root, file), join(copy, file), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterEach(() => rmSync(copy, { recursive: true }))

function change(name: string, text: string): void {
  writeFileSync(join(copy, `.changeset/${name}.md`), text)
}

function release(): void {
  execFileSync('node', ['scripts/version.mjs'], { cwd: copy, stdio: 'pipe' })
}

function versions(): readonly string[] {
  return readdirSync(join(copy, 'packages'))
    .map((name) => JSON.parse(readFileSync(join(copy, `packages/${name}/package.json`), 'utf8')))
    .filter((manifest) => manifest.private !== true)
    .map((manifest) => String(manifest.version))
}

test('release: all packages get one version, and one changelog says what changed', () => {
  change('one', "---\n'@mindmesh/auth-http': patch\n---\n\nA mend\nin two lines.\n")
  release()
  const [version = ''] = versions()
  expect(new Set(versions())).toEqual(new Set([version]))
  change('two', "---\n'@mindmesh/auth': patch\n---\n\nAnother.\n")
  change('three', "---\n'@mindmesh/auth': major\n---\n\nAll is new.\n")
  release()
  expect(versions()[0]).toBe('1.0.0')
  const changelog = readFileSync(join(copy, 'CHANGELOG.md'), 'utf8')
  const last = changelog.slice(changelog.indexOf('## 1.0.0'), changelog.indexOf(`## ${version}`))
  expect(last).toBe('## 1.0.0\n\n- **Breaking:** All is new.\n- Another.\n\n')
  expect(changelog).toContain('- A mend in two lines.\n')
  expect(release).toThrow('Nothing to release')
})
