/** The cookies of one browser while a page calls several routes for it, as the browser itself would keep them. */
export class BrowserCookies {
  readonly #values: Map<string, string>
  readonly #changes: string[] = []

  constructor(header: string | null) {
    const pairs = (header ?? '').split('; ').filter((pair) => pair.includes('='))
    this.#values = new Map(pairs.map(pairOf))
  }

  /** What the browser would send now. */
  get header(): string {
    return [...this.#values].map((pair) => pair.join('=')).join('; ')
  }

  /** The `Set-Cookie` lines to hand on. */
  get changes(): readonly string[] {
    return this.#changes
  }

  keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [name, value] = pairOf(line.split(';')[0] ?? '')
      if (value === '') this.#values.delete(name)
      else this.#values.set(name, value)
      this.#changes.push(line)
    }
  }
}

function pairOf(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}
