import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DefaultTheme } from 'vitepress'
import { navigation } from './navigation.ts'

/** The sidebar, each page under its own heading; those that have no place yet come last. */
export function sidebar(root: string): DefaultTheme.SidebarItem[] {
  return [...navigation, { text: 'More', pages: unplaced(root) }]
    .map(({ text, pages }) => ({
      text,
      items: pages.map((page) => ({ text: titleOf(join(root, page)), link: linkOf(page) })),
    }))
    .filter(({ items }) => items.length > 0)
}

function unplaced(root: string): readonly string[] {
  const placed = new Set(navigation.flatMap(({ pages }) => pages))
  return readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !placed.has(`docs/${name}`))
    .map((name) => `docs/${name}`)
}

function titleOf(file: string): string {
  return /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.replaceAll('`', '') ?? file
}

/** A README is the page of its folder. */
function linkOf(page: string): string {
  return `/${page.replace(/README\.md$/, '').replace(/\.md$/, '')}`
}
