import { parseAccept } from 'hono/utils/accept'

/**
 * The first language of `Accept-Language` that mails are written in, by the reader's preference; `de-AT` finds
 * `de`. `null` where none fits: the library's own default then counts.
 */
export function localeOf(acceptLanguage: string | null, locales: readonly string[]): string | null {
  if (acceptLanguage === null) return null
  const wanted = parseAccept(acceptLanguage).filter(({ q }) => q > 0)
  for (const { type } of wanted.toSorted((a, b) => b.q - a.q)) {
    const found = match(type.toLowerCase(), locales)
    if (found !== null) return found
  }
  return null
}

function match(wanted: string, locales: readonly string[]): string | null {
  const exact = locales.find((locale) => locale.toLowerCase() === wanted)
  const language = wanted.split('-')[0]
  return exact ?? locales.find((locale) => locale.toLowerCase() === language) ?? null
}
