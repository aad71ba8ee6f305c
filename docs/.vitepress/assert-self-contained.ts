/** Fails the build where a page would load anything from elsewhere: a font, a script, a picture. Links may lead there. */
export function assertSelfContained(html: string, page: string): void {
  const loaded =
    /<(?:link|script|img|iframe|source|video|audio)\b[^>]*\s(?:src|href)="(?:https?:)?\/\/[^"]*"/i
  const found = loaded.exec(html)?.[0]
  if (found !== undefined) throw new Error(`${page} loads from elsewhere: ${found}`)
}
