/** A secret as it might leak: as it is, and in the usual encodings. */
export function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const base64 = bytes.toString('base64').replace(/=+$/, '')
  const hex = bytes.toString('hex')
  return [secret, base64, bytes.toString('base64url'), hex, hex.toUpperCase()]
}

/** Which of the secrets a text holds, in any spelling. */
export function leaked(text: string, secrets: ReadonlySet<string>): readonly string[] {
  // Six digits also stand in ids and times: there, only a whole word counts.
  return [...secrets]
    .flatMap(spellings)
    .filter((spelling) =>
      /^\d{6}$/.test(spelling)
        ? new RegExp(`(?<![\\w.:-])${spelling}(?![\\w.:-])`).test(text)
        : text.includes(spelling),
    )
}
