/** The databases on which the store runs, as the driver adapters call them. */
export type Provider = 'sqlite' | 'postgres' | 'mysql'

/** A piece of a statement, with its values in the order in which they stand in it. */
export class Sql {
  readonly texts: readonly string[]
  readonly values: readonly unknown[]

  constructor(texts: readonly string[], values: readonly unknown[]) {
    this.texts = texts
    this.values = values
  }
}

/** Builds a statement in which every `${}` is a parameter, or another piece: ``sql`select ${1}` ``. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const texts = [strings[0] ?? '']
  const flat: unknown[] = []
  const append = (text: string): void => void texts.push((texts.pop() ?? '') + text)
  for (const [index, value] of values.entries()) {
    if (value instanceof Sql) {
      append(value.texts[0] ?? '')
      texts.push(...value.texts.slice(1))
      flat.push(...value.values)
    } else {
      flat.push(value)
      texts.push('')
    }
    append(strings[index + 1] ?? '')
  }
  return new Sql(texts, flat)
}

/** A piece that is text of our own, such as the name of a table; never a value. */
export function raw(text: string): Sql {
  return new Sql([text], [])
}

/** Pieces one after the other, with a text between them. */
export function join(pieces: readonly Sql[], between: string): Sql {
  const [first, ...others] = pieces
  return others.reduce((all, piece) => sql`${all}${raw(between)}${piece}`, first ?? raw(''))
}

/** The name of a thing in the database, in the quotes of its dialect. */
export function quoted(provider: Provider, name: string): Sql {
  return raw(
    provider === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`,
  )
}

/** The statement's text, with the placeholders of its dialect. */
export function textOf(provider: Provider, { texts }: Sql): string {
  return texts.reduce((all, text, n) => `${all}${provider === 'postgres' ? `$${n}` : '?'}${text}`)
}
