/** A text that is not empty, or `null`. Numbers count as texts: they may be ids. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (Buffer.isBuffer(value)) return textOf(value.toString('utf8'))
  return typeof value === 'string' && value !== '' ? value : null
}

/** As a database, a driver or a dump writes yes. */
export function isYes(value: unknown): boolean {
  if (typeof value === 'string') return ['t', 'true', '1', 'yes'].includes(value.toLowerCase())
  return value === true || value === 1 || value === 1n
}

/** Below this a number is taken for seconds: as milliseconds it would be in 1973. */
const SECONDS_BELOW = 100_000_000_000

/** A moment from a date, seconds or milliseconds since 1970, or a text of either; `null` where it is none. */
export function dateOf(value: unknown): Date | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value
  const text = textOf(value)
  if (text === null || /^(?:t|f|true|false|0|1)$/i.test(text)) return null
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text)
    return new Date(number < SECONDS_BELOW ? number * 1000 : number)
  }
  const date = new Date(withZone(text))
  return Number.isNaN(date.getTime()) ? null : date
}

/** Databases write times without a zone in UTC, and PostgreSQL a zone of hours alone. */
function withZone(text: string): string {
  const iso = text.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T')
  if (/[+-]\d\d$/.test(iso) && iso.includes('T')) return `${iso}:00`
  return /T[\d:.]+$/.test(iso) ? `${iso}Z` : iso
}
