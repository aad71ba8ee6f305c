// Control characters, line and paragraph separators, and marks that turn the direction of a text.
// oxlint-disable-next-line no-control-regex -- finding control characters is its purpose
const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A text on one line in which nothing can steer the terminal: user agents and reasons come from strangers. */
export function printable(text: string): string {
  return text.replaceAll(STEERING, '\ufffd')
}

/** JSON, indented, in which what could steer the terminal stands escaped. */
export function printableJson(value: unknown): string {
  return escaped(JSON.stringify(value, null, 2))
}

/** JSON on one line, in which what could steer the terminal stands escaped. */
export function printableJsonLine(value: unknown): string {
  return escaped(JSON.stringify(value))
}

/** Inside JSON these stand in texts only; but for the line breaks between its parts. */
function escaped(json: string): string {
  return json.replaceAll(STEERING, (mark) =>
    mark === '\n' ? mark : `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
