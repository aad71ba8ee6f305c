/** A URL with these parameters besides its own. */
export function withParams(url: URL, params: Readonly<Record<string, string>>): URL {
  const result = new URL(url)
  for (const [name, value] of Object.entries(params)) result.searchParams.set(name, value)
  return result
}
