import { AuthError } from '@mindmesh/auth'
import * as v from 'valibot'
import { fieldName } from './assert-plain-json.ts'

/** The body as a route asks for it. Throws `invalid_input` for the first field that is wrong. */
export function parseBody<Body>(schema: v.GenericSchema<unknown, Body>, value: unknown): Body {
  // An array has keys, too: valibot would name the missing field instead of what is wrong.
  if (Array.isArray(value)) throw wrong('body', 'not_an_object', 'body must be an object.')
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  throw complaint(result.issues[0])
}

function complaint(issue: v.BaseIssue<unknown>): AuthError {
  const field = fieldName((issue.path ?? []).map(({ key }) => String(key)))
  if (issue.kind === 'schema' && issue.expected === 'never') {
    return wrong(field, 'unknown_field', `${field} is not a field here.`)
  }
  if (issue.input === undefined) return wrong(field, 'missing', `${field} is missing.`)
  switch (issue.type) {
    case 'string':
      return wrong(field, 'not_a_string', `${field} must be a text.`)
    case 'strict_object':
    case 'object':
      return wrong(field, 'not_an_object', `${field} must be an object.`)
    case 'max_length':
      return wrong(field, 'too_long', `${field} is too long.`)
    case 'picklist':
      return wrong(field, 'not_allowed', `${field} must be ${issue.expected}.`)
    default:
      return wrong(field, issue.type, issue.message)
  }
}

function wrong(field: string, reason: string, message: string): AuthError {
  return new AuthError('invalid_input', { field, reason, message })
}
