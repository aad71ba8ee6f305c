/** A code of six digits that is not this one; another for each `nth` of the first 999,999. */
export function wrongCode(code: string, nth = 0): string {
  return String((Number(code) + 1 + nth) % 1_000_000).padStart(6, '0')
}
