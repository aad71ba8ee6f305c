import { AuthError } from '@mindmesh/auth'

/** Deeper than anything that is asked for. */
const MAX_DEPTH = 8
const FORBIDDEN_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype']

/**
 * Refuses what JSON allows and no honest client sends: keys that reach for prototypes, NUL bytes, lone surrogates,
 * and nesting without end. Throws `invalid_input` with the field's path.
 */
export function assertPlainJson(value: unknown, path: readonly string[] = []): void {
  if (path.length > MAX_DEPTH) throw refusal(path, 'too_deep', 'is nested too deeply.')
  if (typeof value === 'string') return assertText(value, path)
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    const memberPath = [...path, key]
    if (FORBIDDEN_KEYS.includes(key)) throw refusal(memberPath, 'not_allowed', 'is not allowed.')
    assertText(key, memberPath)
    assertPlainJson(member, memberPath)
  }
}

function assertText(text: string, path: readonly string[]): void {
  if (text.includes('\0')) {
    throw refusal(path, 'control_character', 'must not hold control characters.')
  }
  if (!text.isWellFormed()) throw refusal(path, 'not_unicode', 'is not well-formed Unicode.')
}

function refusal(path: readonly string[], reason: string, complaint: string): AuthError {
  const field = fieldName(path)
  return new AuthError('invalid_input', { field, reason, message: `${field} ${complaint}` })
}

/** A path as it is told: `profile.firstName`. Names come from outside and are bounded. */
export function fieldName(path: readonly string[]): string {
  const name = path.join('.').toWellFormed().replaceAll('\0', '')
  return name === '' ? 'body' : name.slice(0, 100)
}
