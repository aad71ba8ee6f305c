import { postgres } from './engines/postgres.ts'
import { sqlite } from './engines/sqlite.ts'
import { isMet, type Row } from './row.ts'
import { rows } from './rows.ts'
import { tablesOf, type Measured } from './table.ts'

const engines = [sqlite, postgres]

await bench(process.argv.slice(2))

/** Measures the rows that are named, or all of them, and prints the tables. */
async function bench(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !rows.some((row) => row.name === name))
  if (unknown.length > 0) {
    throw new Error(
      `No such row: ${unknown.join(', ')}. There are: ${rows.map(({ name }) => name).join(', ')}.`,
    )
  }
  const chosen = names.length === 0 ? rows : rows.filter(({ name }) => names.includes(name))
  const measured: Measured[] = []
  for (const row of chosen) measured.push(...(await measure(row)))
  console.log(tablesOf(measured))
}

async function measure(row: Row): Promise<readonly Measured[]> {
  const measured = []
  for (const engine of row.isPerEngine ? engines : [sqlite]) {
    const result = await row.run(engine)
    const unmet = result.verdicts.filter((verdict) => !isMet(verdict)).length
    console.error(
      `${row.name} on ${engine.name}: ${unmet === 0 ? 'within its targets' : `${unmet} unmet`}`,
    )
    measured.push({ title: row.title, engine: row.isPerEngine ? engine.name : '', result })
  }
  return measured
}
