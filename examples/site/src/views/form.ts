import { html, type Html } from '../html.ts'
import type { FormState } from '../page.ts'

/** One field of a form. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password' | 'hidden'
  readonly autocomplete?: string
  readonly hint?: string
  /** Six digits that a person copies from a mail. */
  readonly isCode?: boolean
}

/** What a form is made of. */
export interface FormContent {
  /** The path that it posts to: without the query, which may hold a token. */
  readonly action: string
  readonly fields: readonly Field[]
  readonly button: string
  readonly isDanger?: boolean
}

/** A form in which everything that is wrong is said where it is, and tied to its field. */
export function form({ action, fields, button, isDanger }: FormContent, state: FormState): Html {
  const { refused } = state
  const isAtField = fields.some(({ name, type }) => name === refused?.field && type !== 'hidden')
  return html`<form method="post" action="${action}">
    ${refused !== null && !isAtField ? alert(refused.message) : null}
    ${fields.map((field) => control(field, state))}
    <button class="${isDanger === true ? 'primary danger' : 'primary'}">${button}</button>
  </form>`
}

/** A button that posts by itself, with hidden values. `label` says what it does to somebody who sees nothing around it. */
export function actionButton(content: {
  readonly action: string
  readonly values?: Readonly<Record<string, string>>
  readonly text: string
  readonly label?: string
}): Html {
  const values = Object.entries(content.values ?? {})
  const label = content.label === undefined ? null : html` aria-label="${content.label}"`
  return html`<form method="post" action="${content.action}">
    ${values.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button class="quiet" ${label}>${content.text}</button>
  </form>`
}

/** What went wrong, said at once by a screen reader. */
export function alert(message: string): Html {
  return html`<p class="notice bad" role="alert">${message}</p>`
}

function control(field: Field, state: FormState): Html {
  const { name, label, type = 'text', hint, isCode = false } = field
  // What was typed as a password is not sent back, nor is a code that was wrong.
  const value = type === 'password' || isCode ? '' : (state.values[name] ?? '')
  if (type === 'hidden') return html`<input type="hidden" name="${name}" value="${value}" />`
  const error = state.refused?.field === name ? state.refused.message : null
  const describedBy = [
    ...(error === null ? [] : [`${name}-error`]),
    ...(hint === undefined ? [] : [`${name}-hint`]),
  ]
  const described =
    describedBy.length === 0 ? null : html` aria-describedby="${describedBy.join(' ')}"`
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint === undefined ? null : html`<p class="hint" id="${name}-hint">${hint}</p>`}
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      value="${value}"
      autocomplete="${field.autocomplete ?? 'off'}"
      required
      ${isCode ? html` class="code" inputmode="numeric" maxlength="12" spellcheck="false"` : null}${error === null ? null : html` aria-invalid="true" autofocus`}${described}
    />
    ${error === null ? null : html`<p class="error" id="${name}-error" role="alert">${error}</p>`}
  </div>`
}
