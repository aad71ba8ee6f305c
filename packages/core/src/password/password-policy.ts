import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { invalidInput } from '../errors.ts'

/** How long a breach corpus may take; after that the password is accepted without it. */
const CORPUS_TIMEOUT_MS = 2000

/**
 * Refuses what is guessed first (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.1 to 6.2.12): too short, common, made of
 * the person's address or of the app's own words, or breached. Nothing about its composition is asked.
 */
export async function assertAcceptablePassword(
  context: Context,
  input: { readonly password: string; readonly email: string; readonly field: string },
): Promise<void> {
  const { config } = context
  const weakness =
    lengthWeakness(input.password, config.passwordMinLength) ??
    wordWeakness(input.password, config.passwordMinLength, [
      input.email,
      input.email.replace(/@.*$/, ''),
      config.appName,
      ...config.passwordContextWords,
    ]) ??
    ((await isCommon(input.password)) ? 'too_common' : null) ??
    ((await isBreached(context, input.password)) ? 'breached' : null)
  if (weakness !== null) {
    throw invalidInput(input.field, weakness, messageFor(weakness, config.passwordMinLength))
  }
}

type Weakness = 'too_short' | 'contains_known_word' | 'too_common' | 'breached'

function messageFor(weakness: Weakness, minLength: number): string {
  switch (weakness) {
    case 'too_short':
      return `Please choose a password of at least ${minLength} characters.`
    case 'contains_known_word':
      return 'Please choose a password that is not made of your address or of our name.'
    case 'too_common':
      return 'This password is among the most common ones. Please choose another.'
    case 'breached':
      return 'This password is known from a data breach. Please choose another.'
  }
}

function lengthWeakness(password: string, minLength: number): Weakness | null {
  return characterCount(password) < minLength ? 'too_short' : null
}

/** A known word is no harm in a password that is long enough without it. */
function wordWeakness(
  password: string,
  minLength: number,
  words: readonly string[],
): Weakness | null {
  const lower = password.toLowerCase()
  const isCarried = words
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 3 && lower.includes(word))
    .some((word) => characterCount(lower.replaceAll(word, '')) < minLength)
  return isCarried ? 'contains_known_word' : null
}

async function isCommon(password: string): Promise<boolean> {
  // Loaded on first use: 90 kB that signing in never needs.
  const { COMMON_PASSWORDS } = await import('./common-passwords.ts')
  const lower = password.toLowerCase()
  return !lower.includes(' ') && ` ${COMMON_PASSWORDS} `.includes(` ${lower} `)
}

/** An unreachable corpus must not keep people out: it is asked, not relied on. */
async function isBreached(context: Context, password: string): Promise<boolean> {
  if (context.breachCorpus === null) return false
  // SHA-1 is the corpus's look-up key here and protects nothing.
  const digest = createHash('sha1').update(password).digest('hex').toUpperCase()
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<readonly string[]>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), CORPUS_TIMEOUT_MS)
  })
  try {
    const suffixes = await Promise.race([
      context.breachCorpus.suffixes(digest.slice(0, 5)),
      timeout,
    ])
    return suffixes.some((suffix) => suffix.toUpperCase() === digest.slice(5))
  } catch {
    context.logger.warn(
      'The breach corpus did not answer; the password was not checked against it.',
    )
    return false
  } finally {
    clearTimeout(timer)
  }
}

/** Characters as people count them, near enough: code points. */
function characterCount(text: string): number {
  return Array.from(text).length
}
