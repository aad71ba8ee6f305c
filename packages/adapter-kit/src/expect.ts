import { ContractViolation } from './contract-violation.ts'

/** Where two values differ. */
interface Difference {
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

/**
 * Throws a `ContractViolation` unless both are equal in depth: dates by their millisecond, objects by their own keys
 * in any order, everything else as `Object.is` has it.
 */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const found = difference(actual, expected, '')
  if (found !== null) throw new ContractViolation(`${what}${found.path}`, found)
}

/** Like `expectEqual`, but only for the keys of `expected`: rows of an app's table hold columns of its own. */
export function expectColumns(
  actual: object | null | undefined,
  expected: object,
  what: string,
): void {
  const row: Record<string, unknown> = { ...present(actual, what) }
  for (const [key, value] of Object.entries(expected)) {
    expectEqual(row[key], value, `${what}.${key}`)
  }
}

/** Gives what is there; throws a `ContractViolation` for `null` and `undefined`. */
export function present<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) {
    throw new ContractViolation(what, { expected: 'something', actual: value })
  }
  return value
}

/**
 * Throws a `ContractViolation` unless the call rejects with a `StoreError` of this operation whose message holds none
 * of `secrets`: no parameter of a statement may be printed.
 */
export async function expectStoreError(
  call: Promise<unknown>,
  operation: string,
  secrets: readonly string[],
): Promise<void> {
  const error = await rejectionOf(call)
  if (!(error instanceof Error) || error.name !== 'StoreError') {
    throw new ContractViolation(operation, { expected: 'a StoreError', actual: error })
  }
  const named = 'operation' in error ? error.operation : undefined
  expectEqual(named, operation, `${operation}: the operation that the StoreError names`)
  const shown = secrets.filter((secret) => error.message.includes(secret))
  expectEqual(shown, [], `${operation}: parameters in the message of the StoreError`)
}

async function rejectionOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return { resolvedTo: await call }
  } catch (error) {
    return error
  }
}

/** Whether both are equal in depth, as `expectEqual` has it. */
export function areEqual(a: unknown, b: unknown): boolean {
  return difference(a, b, '') === null
}

/** How many of these are equal to `value`. */
export function countOf(values: readonly unknown[], value: unknown): number {
  return values.filter((each) => areEqual(each, value)).length
}

function difference(actual: unknown, expected: unknown, path: string): Difference | null {
  if (Object.is(actual, expected)) return null
  const differs = { path, expected, actual }
  if (actual instanceof Date || expected instanceof Date) {
    return momentOf(actual) === momentOf(expected) ? null : differs
  }
  if (!isObject(actual) || !isObject(expected)) return differs
  if (Array.isArray(actual) !== Array.isArray(expected)) return differs
  const theirs: Record<string, unknown> = { ...actual }
  const ours: Record<string, unknown> = { ...expected }
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    if (!Object.hasOwn(ours, key) || !Object.hasOwn(theirs, key)) return differs
    const found = difference(theirs[key], ours[key], `${path}.${key}`)
    if (found !== null) return found
  }
  return null
}

function momentOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : Number.NaN
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
