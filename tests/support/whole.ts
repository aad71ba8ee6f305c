/** A whole number from the environment; `otherwise` where it is not set. */
export function whole(text: string | undefined, otherwise: number): number {
  const number = text === undefined || text === '' ? otherwise : Number(text)
  if (!Number.isInteger(number)) throw new RangeError(`${text} is no whole number.`)
  return number
}
