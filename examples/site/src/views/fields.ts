import type { Field } from './form.ts'

/** The address that one signs in with. */
export const EMAIL: Field = {
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
}

/** The password that one has. */
export const PASSWORD: Field = {
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'current-password',
}

/** A password that one chooses. */
export const NEW_PASSWORD: Field = {
  name: 'newPassword',
  label: 'New password',
  type: 'password',
  autocomplete: 'new-password',
  hint: 'At least 8 characters. A few words are easier to remember than signs.',
}

/** A mailed code: phones offer to fill it in. */
export const CODE: Field = {
  name: 'code',
  label: 'Code',
  autocomplete: 'one-time-code',
  isCode: true,
}

/** The token of a mailed link, which the page posts on. */
export const TOKEN: Field = { name: 'token', label: '', type: 'hidden' }
