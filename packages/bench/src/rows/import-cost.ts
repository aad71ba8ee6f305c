import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quartilesOf } from '../quartiles.ts'
import type { Row } from '../row.ts'

/** Inside this package, so that the core is found as an app finds it. */
const here = fileURLToPath(new URL('..', import.meta.url))
const RUNS = 15

/** A process that imports the core, beside one that does nothing. */
export const importCost: Row = {
  name: 'import',
  title: 'Import the core',
  isPerEngine: false,
  async run() {
    const folder = mkdtempSync(join(here, 'import-'))
    const [empty, importing] = [join(folder, 'empty.mjs'), join(folder, 'importing.mjs')]
    const report = 'console.log(process.memoryUsage().rss)\n'
    writeFileSync(empty, report)
    writeFileSync(importing, `await import('@mindmesh/auth')\n${report}`)
    const runs = Array.from({ length: RUNS }, () => [measure(empty), measure(importing)] as const)
    rmSync(folder, { recursive: true })
    const milliseconds = runs.map(([without, having]) => having.milliseconds - without.milliseconds)
    const megabytes = runs.map(([without, having]) => (having.rss - without.rss) / 1e6)
    return {
      figures: [
        {
          name: 'an empty process',
          value: quartilesOf(runs.map(([without]) => without.milliseconds)),
          unit: 'ms',
        },
      ],
      verdicts: [
        {
          what: 'time beyond an empty process',
          value: quartilesOf(milliseconds),
          unit: 'ms',
          bound: { atMost: 60 },
        },
        {
          what: 'memory beyond an empty process',
          value: quartilesOf(megabytes),
          unit: 'MB',
          bound: { atMost: 15 },
        },
      ],
    }
  },
}

function measure(path: string): { readonly milliseconds: number; readonly rss: number } {
  const began = performance.now()
  const { stdout } = spawnSync(process.execPath, [path], { encoding: 'utf8' })
  return { milliseconds: performance.now() - began, rss: Number(stdout) }
}
