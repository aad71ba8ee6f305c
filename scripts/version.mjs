// `pnpm release:version`: gives every package its next version and moves what .changeset says into CHANGELOG.md.
// changesets itself would write one changelog a package; as all have one version, there is one.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const KINDS = ['major', 'minor', 'patch']

const changes = readdirSync(join(root, '.changeset'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => parse(name, readFileSync(join(root, '.changeset', name), 'utf8')))
if (changes.length === 0) throw new Error('Nothing to release: .changeset holds no change.')

execFileSync(join(root, 'node_modules/.bin/changeset'), ['version'], {
  cwd: root,
  stdio: 'inherit',
})

const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'))
const path = join(root, 'CHANGELOG.md')
const text = readFileSync(path, 'utf8')
const older = text.indexOf('\n## ')
const head = older === -1 ? text : text.slice(0, older + 1)
const rest = older === -1 ? '' : text.slice(older)
const lines = changes
  .toSorted((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind))
  .map(({ kind, summary }) => `- ${kind === 'major' ? '**Breaking:** ' : ''}${summary}`)
writeFileSync(path, `${head.trimEnd()}\n\n## ${version}\n\n${lines.join('\n')}\n${rest}`)

/** A changeset: the greatest of its kinds, and its text as one paragraph. */
function parse(name, source) {
  const [, front, body] = /^---\n([^]*?)\n---\n([^]*)$/.exec(source) ?? []
  const kind = KINDS.find((word) => front?.includes(`: ${word}`))
  if (kind === undefined) throw new Error(`.changeset/${name} names no kind of change.`)
  return { kind, summary: body.trim().replaceAll(/\s*\n\s*/g, ' ') }
}
