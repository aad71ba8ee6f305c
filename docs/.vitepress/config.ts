import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { assertSelfContained } from './assert-self-contained.ts'
import { sidebar } from './sidebar.ts'
import { slugOf } from './slug.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

// The root of the repository is the source, so that every link leads to the same page here and in the repository.
export default defineConfig({
  title: 'Mindmesh Auth',
  description: 'Sign-in for TypeScript apps, in their own database.',
  srcDir: '..',
  srcExclude: ['{scripts,tests}/**', 'examples/*/**', 'packages/*/!(README.md)', 'packages/*/*/**'],
  rewrites: {
    'README.md': 'index.md',
    'examples/README.md': 'examples/index.md',
    'packages/:name/README.md': 'packages/:name/index.md',
  },
  cleanUrls: true,
  // Every other dead link fails the build; the heading that a link names is looked for by tests/docs.test.ts.
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    // As GitHub names headings.
    anchor: { slugify: slugOf },
    config: (md) => {
      // In the repository a link names README.md; here that page is the index of its folder.
      md.core.ruler.push('readme-links', ({ tokens }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.attrGet('href')
          if (href === null || /^[a-z]+:/.test(href)) continue
          token.attrSet('href', href.replace(/README\.md(?=#|$)/, 'index.md'))
        }
      })
    },
  },
  transformHtml: assertSelfContained,
  themeConfig: {
    search: { provider: 'local' },
    sidebar: sidebar(root),
    outline: { level: [2, 3] },
  },
})
