import type { MailMessage } from '@mindmesh/auth/ports'

/** A mail as it lies in the folder. */
export interface StoredMail extends MailMessage {
  /** The name of its files without the ending; later mails sort after earlier ones. */
  readonly id: string
  readonly date: Date
}

/** Reads the JSON of one mail. Throws an error that names the file where it is not one. */
export function parseStoredMail(json: string, path: string): StoredMail {
  const fields = fieldsOf(json)
  const notAMail = (): Error => new Error(`${path} is not a mail of fileMailer().`)
  const text = (name: string): string => {
    const value = fields.get(name)
    if (typeof value !== 'string') throw notAMail()
    return value
  }
  const date = new Date(text('date'))
  if (Number.isNaN(date.getTime())) throw notAMail()
  return {
    id: text('id'),
    date,
    to: text('to'),
    subject: text('subject'),
    text: text('text'),
    html: text('html'),
  }
}

function fieldsOf(json: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  } catch {
    return new Map()
  }
}
