import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError, EXIT, usageError } from '../exit.ts'
import type { MindmeshSetup } from './define-setup.ts'

/** Where a set-up is looked for, in this order. */
export const SETUP_FILES = [
  'mindmesh.config.ts',
  'mindmesh.config.mts',
  'mindmesh.config.js',
  'mindmesh.config.mjs',
] as const

/** The set-up file: the one that is named, else the first that is there. `null` where there is none. */
export function findSetup(file: string | undefined): string | null {
  if (file !== undefined) {
    if (!existsSync(resolve(file))) throw usageError(`There is no file ${file}.`)
    return resolve(file)
  }
  return SETUP_FILES.map((name) => resolve(name)).find((path) => existsSync(path)) ?? null
}

/** Loads the app's own set-up file, TypeScript or not. What it throws, a `ConfigError` for one, goes through. */
export async function loadSetup(file: string | undefined): Promise<MindmeshSetup> {
  const path = findSetup(file)
  if (path === null) {
    const message = `There is no ${SETUP_FILES[0]} here. Make one with: mindmesh init`
    throw new CommandError('no_setup', message, EXIT.usage)
  }
  const loaded = await importModule(path)
  const setup = [partOf(loaded, 'default'), loaded].find(isSetup)
  if (setup === undefined) {
    const message = `${path} must export { mindmesh }: the app's instance of MindmeshAuth.`
    throw new CommandError('no_setup', message, EXIT.usage)
  }
  return setup
}

/** JavaScript is Node's own affair. Of TypeScript Node never gets a try: what it begins and cannot end would run twice. */
async function importModule(path: string): Promise<unknown> {
  if (!/\.m?ts$/.test(path)) return import(pathToFileURL(path).href)
  // It takes as long to load as Node itself: only where it is needed.
  const { createJiti } = await import('jiti')
  return createJiti(path, { tryNative: false }).import(path)
}

/** By what it can do: the app may have another copy of the library than this command. */
function isSetup(value: unknown): value is MindmeshSetup {
  const mindmesh = partOf(value, 'mindmesh')
  const close = partOf(value, 'close')
  return (
    ['user', 'session', 'events', 'mail', 'maintenance'].every(
      (part) => typeof partOf(mindmesh, part) === 'object',
    ) &&
    typeof partOf(partOf(mindmesh, 'maintenance'), 'checkSchema') === 'function' &&
    (close === undefined || typeof close === 'function')
  )
}

function partOf(value: unknown, name: string): unknown {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject ? Reflect.get(value, name) : undefined
}
