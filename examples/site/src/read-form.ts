import { Refusal } from './refusal.ts'

/** The fields of a posted form. */
export type Input = Readonly<Record<string, string>>

const MAX_BYTES = 16 * 1024

/** Reads a posted form. Throws a {@link Refusal} for another site's form, another type, and too much. */
export async function readForm(request: Request): Promise<Input> {
  assertOwnPage(request)
  const type = request.headers.get('content-type') ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    throw new Refusal(415, 'Only forms are taken here.')
  }
  return Object.fromEntries(new URLSearchParams(await readText(request)))
}

/** Another site's page must not post in a person's name: the browser says where a form comes from. */
function assertOwnPage({ headers, url }: Request): void {
  const origin = headers.get('origin')
  const isOwn =
    origin === null
      ? headers.get('sec-fetch-site') === 'same-origin'
      : URL.canParse(origin) && new URL(origin).host === new URL(url).host
  if (!isOwn) throw new Refusal(403, 'This form came from another site.')
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > MAX_BYTES) throw new Refusal(413, 'This is too much.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
