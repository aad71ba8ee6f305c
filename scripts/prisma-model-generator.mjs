// A generator for `prisma generate` that writes down what Prisma has read from a schema: its models, with the types and
// the names in the database, and its indexes. Prisma asks on standard input, and is answered on standard error.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line)
  process.stderr.write(
    `${JSON.stringify({ jsonrpc: '2.0', id, result: answer(method, params) })}\n`,
  )
})

function answer(method, { dmmf, generator }) {
  if (method === 'getManifest')
    return { manifest: { defaultOutput: '.', prettyName: 'the models' } }
  const folder = generator.output.value
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'datamodel.json'), JSON.stringify(dmmf.datamodel))
  return null
}
