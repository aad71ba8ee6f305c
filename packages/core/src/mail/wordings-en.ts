import { linkOrToken } from './link-or-token.ts'
import type { MailWordings } from './templates.ts'

const NOT_YOU = 'If this was not you, choose a new password at once.'
const IGNORE = 'If you did not ask for this, you need not do anything.'

/** The mails in English. */
export const wordingsEn: MailWordings = {
  login_code: ({ code, expiresInMinutes }, app) => ({
    subject: `Your sign-in code for ${app}`,
    lead: `Enter this code to sign in to ${app}:`,
    highlight: code,
    notes: [
      `It is valid for ${expiresInMinutes} minutes and can be used once.`,
      'Never tell it to anyone: we do not ask for it.',
      'If you did not try to sign in, somebody knows your password. Please choose a new one.',
    ],
  }),
  otp_code: ({ code, expiresInMinutes }, app) => ({
    subject: `Your code for ${app}`,
    lead: `Enter this code in ${app}:`,
    highlight: code,
    notes: [`It is valid for ${expiresInMinutes} minutes and can be used once.`, IGNORE],
  }),
  password_reset: ({ token, url, expiresInMinutes }, app) => ({
    subject: `Choose a new password for ${app}`,
    lead: `Somebody, hopefully you, asked to reset the password of your ${app} account.`,
    ...linkOrToken('Choose a new password', token, url),
    notes: [`This is valid for ${expiresInMinutes} minutes and can be used once.`, IGNORE],
  }),
  password_reset_completed: ({ unlinked }, app) => ({
    subject: `Your password for ${app} was reset`,
    lead: `A new password was set for your ${app} account, and every session was ended.`,
    notes:
      unlinked === null
        ? [NOT_YOU]
        : [`What was linked to it was removed: ${unlinked}. Link again what is yours.`, NOT_YOU],
  }),
  password_changed: (_, app) => ({
    subject: `Your password for ${app} was changed`,
    lead: `The password of your ${app} account was changed, and your other sessions were ended.`,
    notes: [NOT_YOU],
  }),
  new_sign_in: ({ device, ipAddress, at }, app) => ({
    subject: `New sign-in to ${app}`,
    lead: `Somebody signed in to your ${app} account from a device that we had not seen before.`,
    notes: [
      `Device: ${device}`,
      ...(ipAddress === null ? [] : [`Address: ${ipAddress}`]),
      `Time: ${at}`,
      NOT_YOU,
    ],
  }),
  email_change: ({ token, url, expiresInMinutes }, app) => ({
    subject: `Confirm your new address for ${app}`,
    lead: `Confirm that this address shall belong to your ${app} account.`,
    ...linkOrToken('Confirm this address', token, url),
    notes: [`This is valid for ${expiresInMinutes} minutes and can be used once.`, IGNORE],
  }),
  email_changed: ({ newEmail, token, url, undoHours }, app) => ({
    subject: `The address of your ${app} account was changed`,
    lead: `Your ${app} account now uses the address ${newEmail}. If this was not you, take it back:`,
    ...linkOrToken('Take the change back', token, url),
    notes: [
      `This works for ${undoHours} hours. It restores this address and ends every session.`,
      'If you made the change, you need not do anything.',
    ],
  }),
  email_change_undone: (_, app) => ({
    subject: `Your address for ${app} was restored`,
    lead: `The change of address of your ${app} account was taken back, and every session was ended.`,
    notes: ['If you had not made that change, please choose a new password now.'],
  }),
  account_blocked: (_, app) => ({
    subject: `Your ${app} account was blocked`,
    lead: `Your ${app} account was blocked, and every session was ended.`,
    notes: ['Please contact us if you think that this is a mistake.'],
  }),
  registration_attempt: (_, app) => ({
    subject: `You already have an account at ${app}`,
    lead: `Somebody, hopefully you, tried to register this address at ${app}, where it already has an account.`,
    notes: ['Sign in with it, or reset your password if you have forgotten it.', IGNORE],
  }),
  oauth_linked: ({ provider, passwordRemoved }, app) => ({
    subject: `You can now sign in to ${app} with ${provider}`,
    lead: `An identity at ${provider} was linked to your ${app} account.`,
    notes: passwordRemoved
      ? [
          'This account had been registered by somebody who never confirmed this address. It is yours now: its old password and sessions are void.',
          'You can choose a password at any time with “Forgotten password”.',
        ]
      : ['If this was not you, remove the identity in your account and choose a new password.'],
  }),
  oauth_unlinked: ({ provider }, app) => ({
    subject: `${provider} no longer signs you in to ${app}`,
    lead: `An identity at ${provider} was removed from your ${app} account.`,
    notes: [NOT_YOU],
  }),
}
