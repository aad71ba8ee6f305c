import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { CommandError } from '../exit.ts'
import type { Engine, InitAnswers } from './plan.ts'

const PACKAGE = '@mindmesh/auth-prisma'

/** One file of the Prisma schema that the package ships. */
export interface PrismaFragment {
  readonly name: string
  readonly text: string
}

/**
 * The schema files for this engine, from the installed package: `schema/<engine>/*.prisma`. Throws where the package
 * is not installed.
 */
export function prismaFragments(engine: Engine): readonly PrismaFragment[] {
  const folder = folders().find((path) => existsSync(join(path, 'package.json')))
  if (folder === undefined) {
    const message = `The schema comes with the package. First: npm install ${PACKAGE}`
    throw new CommandError('not_installed', message)
  }
  const schema = join(folder, 'schema', engine)
  const names = existsSync(schema)
    ? readdirSync(schema).filter((name) => name.endsWith('.prisma'))
    : []
  if (names.length === 0) {
    throw new CommandError('not_installed', `The installed ${PACKAGE} has no schema for ${engine}.`)
  }
  return names.map((name) => ({ name, text: readFileSync(join(schema, name), 'utf8') }))
}

/** Where Node would look for the package, seen from here. */
function folders(): readonly string[] {
  const paths = createRequire(resolve('mindmesh.config.js')).resolve.paths(PACKAGE) ?? []
  return paths.map((path) => join(path, PACKAGE))
}

/** The set-up file. */
export function prismaSetup({ language, client }: InitAnswers): string {
  const returns = language === 'ts' ? ': Promise<void>' : ''
  return `import { MindmeshAuth } from '@mindmesh/auth'
import { fileMailer } from '@mindmesh/auth-mailers/file'
import { smtpMailer } from '@mindmesh/auth-mailers/smtp'
import { prismaAdapter } from '@mindmesh/auth-prisma'
import { prisma } from '${client}'

/** The app's instance: import it wherever people sign in. The command \`mindmesh\` finds it here. */
export const mindmesh = new MindmeshAuth({
  adapter: prismaAdapter(prisma),
  // Without a mail server mails go into a folder. In production that is refused.
  mailer: process.env['SMTP_HOST'] ? smtpMailer() : fileMailer('mailbox'),
})

/** Called by the command when it is done, and by the app when it ends. */
export async function close()${returns} {
  await prisma.$disconnect()
}
`
}

/** What the app has to install for these files. */
export function prismaPackages(): readonly string[] {
  return ['@mindmesh/auth', PACKAGE, '@mindmesh/auth-mailers', '@prisma/client']
}
