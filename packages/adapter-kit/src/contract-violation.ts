/** A store did not do what the port says. The message tells what was looked at, what was expected and what came. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation'
  readonly expected: unknown
  readonly actual: unknown

  constructor(what: string, values: { readonly expected: unknown; readonly actual: unknown }) {
    super(`${what}: expected ${show(values.expected)}, got ${show(values.actual)}`)
    this.expected = values.expected
    this.actual = values.actual
  }
}

const LONGEST = 400

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? 'undefined')
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
