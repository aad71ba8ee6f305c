import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { blocksOf, root } from './pages.ts'

/** A folder inside the workspace, so that the packages are found as an app would find them; git does not see it. */
export const SNIPPETS = join(root, 'tests/.snippets')

/** Where the bundlers of frameworks find what is imported by an alias: the page that uses it, and the folder there. */
export const ALIASES: Readonly<Record<string, { readonly page: string; readonly folder: string }>> =
  {
    '@/': { page: 'docs/frameworks/nextjs.md', folder: '' },
    '$lib/': { page: 'docs/frameworks/sveltekit.md', folder: 'src/lib' },
  }

/** Saves the files of a page under a folder, as a reader would; `change` may replace text, such as a port. */
export function saveFilesOf(
  page: string,
  folder: string,
  change: (code: string, file: string) => string = (code) => code,
): readonly string[] {
  const files = blocksOf(page).flatMap(({ file, code }) => (file === null ? [] : [{ file, code }]))
  for (const { file, code } of files) {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, change(code, file))
  }
  return files.map(({ file }) => file)
}

/** Names files as Node finds them, where the framework's bundler would have found them by an alias or without an ending. */
export function withPlainImports(code: string, file: string): string {
  return code.replaceAll(
    /(from |import\()'(@\/|\$lib\/|\.\/)([\w/-]+)'/g,
    (_, word, alias, name) => {
      const target =
        alias === './' ? join(dirname(file), name) : join(ALIASES[alias]?.folder ?? '', name)
      const path = relative(dirname(file), `${target}.ts`)
      return `${word}'${path.startsWith('.') ? path : `./${path}`}'`
    },
  )
}
