import { parseEnv } from 'node:util'
import { freshSecret, SECRET_NAMES } from '../env/secrets.ts'
import type { Engine, InitAnswers } from './plan.ts'

const DATABASES: Readonly<Record<Engine, string>> = {
  sqlite: 'app.db',
  postgres: 'postgres://postgres@localhost:5432/app',
  mysql: 'mysql://root@localhost:3306/app',
}

/** The lines that an `.env` file lacks. A variable that is there stays as it is, a secret above all. */
export function envLines(
  text: string,
  { orm, engine }: Pick<InitAnswers, 'orm' | 'engine'>,
): readonly string[] {
  const present = parseEnv(text)
  const values = {
    [SECRET_NAMES.jwt]: freshSecret(),
    [SECRET_NAMES.refresh]: freshSecret(),
    // Prisma wants a scheme before a path.
    DATABASE_URL: orm === 'prisma' && engine === 'sqlite' ? 'file:app.db' : DATABASES[engine],
  }
  return Object.entries(values)
    .filter(([name]) => present[name] === undefined)
    .map(([name, value]) => `${name}=${value}`)
}

/** What git must not see, as far as it is not ignored yet: secrets, and what people are known by. */
export function ignoreLines(text: string, engine: Engine): readonly string[] {
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim().replace(/^\/|\/$/g, '')))
  const names = ['.env', 'mailbox', ...(engine === 'sqlite' ? ['app.db*'] : [])]
  return names.filter((name) => !present.has(name))
}
