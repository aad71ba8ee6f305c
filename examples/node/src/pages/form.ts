import { html, type Html } from '../html.ts'

/** One field of a form. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password' | 'hidden'
  readonly autocomplete?: string
  readonly hint?: string
  readonly isCode?: boolean
}

/** What a form shows again after it was refused. */
export interface FormState {
  readonly values: Readonly<Record<string, string>>
  /** The field that is wrong, or `null` where the form as a whole is. */
  readonly errorField: string | null
  readonly error: string | null
}

/** Nothing typed yet, nothing wrong. */
export const EMPTY: FormState = { values: {}, errorField: null, error: null }

/** A form that posts to its page; what is wrong is said at its field and tied to it. */
export function form(
  action: string,
  fields: readonly Field[],
  button: string,
  state: FormState,
): Html {
  const isAtField = fields.some(
    (field) => field.name === state.errorField && field.type !== 'hidden',
  )
  const general =
    state.error !== null && !isAtField ? html`<p class="bad" role="alert">${state.error}</p>` : null
  return html`<form method="post" action="${action}">
    ${general}${fields.map((field) => input(field, state))}<button>${button}</button>
  </form>`
}

function input(field: Field, state: FormState): Html {
  const value = field.type === 'password' ? '' : (state.values[field.name] ?? '')
  if (field.type === 'hidden')
    return html`<input type="hidden" name="${field.name}" value="${value}" />`
  const isWrong = state.errorField === field.name
  const error = isWrong
    ? html`<span class="bad" id="${field.name}-error" role="alert">${state.error}</span>`
    : null
  const hint = field.hint
    ? html`<span class="soft" id="${field.name}-hint">${field.hint}</span>`
    : null
  const described =
    `${isWrong ? `${field.name}-error ` : ''}${field.hint ? `${field.name}-hint` : ''}`.trim()
  const code = field.isCode ? html` class="code" inputmode="numeric" maxlength="12"` : null
  return html`<label for="${field.name}">${field.label}</label
    ><input
      id="${field.name}"
      name="${field.name}"
      type="${field.type ?? 'text'}"
      value="${value}"
      autocomplete="${field.autocomplete ?? 'off'}"
      required
      aria-invalid="${isWrong ? 'true' : 'false'}"
      aria-describedby="${described}"
      ${code}
    />${error}${hint}`
}
