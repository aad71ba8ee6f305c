/** Carries an action out again and again, one after the other; gives what each answered. */
export async function inTurn<Result>(
  count: number,
  action: (n: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let n = 0; n < count; n += 1) results.push(await action(n))
  return results
}

/** Starts an action several times at once; gives what each answered. */
export async function atOnce<Result>(
  count: number,
  action: (n: number) => Promise<Result>,
): Promise<readonly Result[]> {
  return Promise.all(Array.from({ length: count }, async (_, n) => action(n)))
}
