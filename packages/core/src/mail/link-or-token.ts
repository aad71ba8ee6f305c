import type { MailWording } from './templates.ts'

/** A button where the app has told its page, else the token itself, to be pasted. */
export function linkOrToken(
  label: string,
  token: string,
  url: string | null,
): Pick<MailWording, 'highlight' | 'link'> {
  return url === null ? { highlight: token } : { link: { label, url } }
}
