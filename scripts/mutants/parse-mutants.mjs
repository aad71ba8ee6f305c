const HEADINGS = { '## Killed': false, '## Survivors': true }

/**
 * The mutants of docs/mutants.md: under the heading of a file, each is a change in the form of a diff, set apart by an
 * empty line. `survives` says under which heading it stands: "Killed", or "Survivors" (no test notices it, for the
 * reason that stands there).
 */
export function parseMutants(page) {
  const mutants = []
  let file = ''
  let isFenced = false
  let survives = null
  let lines = []
  const close = () => {
    if (lines.length > 0) mutants.push(mutantOf(file, lines, survives))
    lines = []
  }
  for (const line of page.split('\n')) {
    if (line.startsWith('## ')) survives = HEADINGS[line] ?? null
    if (line.startsWith('### ')) file = line.slice(4).replaceAll('`', '')
    if (line.startsWith('```')) {
      close()
      isFenced = line === '```diff'
    } else if (isFenced && line === '') close()
    else if (isFenced) lines.push(line)
  }
  return mutants
}

function mutantOf(file, lines, survives) {
  const without = (sign) =>
    lines.filter((line) => line[0] !== sign).map((line) => line.slice(1).trim())
  return { file, find: without('+'), replace: without('-'), survives, change: lines.join('\n') }
}

/** The source with the change made, or `null` where what is to be found stands there not exactly once. Indents do not count. */
export function mutated(source, { find, replace }) {
  const lines = source.split('\n')
  const trimmed = lines.map((line) => line.trim())
  const places = lines
    .map((_, n) => n)
    .filter((n) => find.every((text, k) => trimmed[n + k] === text))
  const [place] = places
  if (place === undefined || places.length > 1) return null
  return lines.toSpliced(place, find.length, ...replace).join('\n')
}
