import { expect, test } from 'vitest'
import { AuthError, ConfigError, invalidInput, MailerError, StoreError } from './errors.ts'

test('AuthError: says its code, status and a sentence; what does not apply is null', () => {
  const error = new AuthError('otp_expired')
  expect(error).toBeInstanceOf(Error)
  expect(error.message).toBe('This code is no longer valid. Please ask for a new one.')
  expect(Object.fromEntries(Object.entries(error))).toEqual({
    name: 'AuthError',
    code: 'otp_expired',
    status: 401,
    field: null,
    reason: null,
    retryAfterSeconds: null,
    attemptsLeft: null,
  })
  expect(error).not.toHaveProperty('cause')
})

test('AuthError: keeps what it is given besides', () => {
  const cause = new Error('why')
  const limited = new AuthError('rate_limited', { retryAfterSeconds: 7, message: 'Wait.', cause })
  expect(limited).toMatchObject({ status: 429, retryAfterSeconds: 7, message: 'Wait.', cause })
  expect(new AuthError('otp_invalid', { attemptsLeft: 0 }).attemptsLeft).toBe(0)
  expect(invalidInput('profile.firstName', 'empty', 'Please give it.')).toMatchObject({
    code: 'invalid_input',
    status: 400,
    field: 'profile.firstName',
    reason: 'empty',
    message: 'Please give it.',
  })
})

test('StoreError, MailerError and ConfigError: name what failed, and nothing else', () => {
  const cause = new Error('the disk is full')
  expect(new StoreError('sessions.rotate', { cause })).toMatchObject({
    name: 'StoreError',
    message: 'The database could not carry out sessions.rotate.',
    operation: 'sessions.rotate',
    status: 503,
    cause,
  })
  expect(new MailerError('timeout', { cause })).toMatchObject({
    message: 'The mail could not be handed over: timeout.',
    reason: 'timeout',
    permanent: false,
    cause,
  })
  expect(new MailerError('rejected', { permanent: true }).permanent).toBe(true)
  const problems = [
    { field: 'a', message: 'is missing' },
    { field: 'b', message: 'is wrong' },
  ]
  expect(new ConfigError(problems)).toMatchObject({
    message: 'Mindmesh Auth cannot start:\n  - a: is missing\n  - b: is wrong',
    problems,
  })
})
