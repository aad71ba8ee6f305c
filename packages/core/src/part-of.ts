/** A part of something of which nothing is known; `undefined` where it has none. */
export function partOf(whole: unknown, name: string): unknown {
  return typeof whole === 'object' && whole !== null ? Reflect.get(whole, name) : undefined
}
