import { linkOrToken } from './link-or-token.ts'
import type { MailWordings } from './templates.ts'

const NOT_YOU = 'Falls Sie das nicht waren, wählen Sie bitte sofort ein neues Passwort.'
const IGNORE = 'Falls Sie das nicht angefordert haben, müssen Sie nichts tun.'

/** The mails in German. */
export const wordingsDe: MailWordings = {
  login_code: ({ code, expiresInMinutes }, app) => ({
    subject: `Ihr Anmeldecode für ${app}`,
    lead: `Geben Sie diesen Code ein, um sich bei ${app} anzumelden:`,
    highlight: code,
    notes: [
      `Er gilt ${expiresInMinutes} Minuten und nur einmal.`,
      'Nennen Sie ihn niemandem: Wir fragen nie danach.',
      'Falls Sie sich nicht anmelden wollten, kennt jemand Ihr Passwort. Bitte wählen Sie ein neues.',
    ],
  }),
  otp_code: ({ code, expiresInMinutes }, app) => ({
    subject: `Ihr Code für ${app}`,
    lead: `Geben Sie diesen Code bei ${app} ein:`,
    highlight: code,
    notes: [`Er gilt ${expiresInMinutes} Minuten und nur einmal.`, IGNORE],
  }),
  password_reset: ({ token, url, expiresInMinutes }, app) => ({
    subject: `Neues Passwort für ${app} wählen`,
    lead: `Jemand, hoffentlich Sie, möchte das Passwort Ihres Kontos bei ${app} zurücksetzen.`,
    ...linkOrToken('Neues Passwort wählen', token, url),
    notes: [`Das gilt ${expiresInMinutes} Minuten und nur einmal.`, IGNORE],
  }),
  password_reset_completed: ({ unlinked }, app) => ({
    subject: `Ihr Passwort für ${app} wurde zurückgesetzt`,
    lead: `Für Ihr Konto bei ${app} wurde ein neues Passwort gesetzt; alle Sitzungen wurden beendet.`,
    notes:
      unlinked === null
        ? [NOT_YOU]
        : [
            `Was mit ihm verknüpft war, wurde entfernt: ${unlinked}. Verknüpfen Sie wieder, was Ihnen gehört.`,
            NOT_YOU,
          ],
  }),
  password_changed: (_, app) => ({
    subject: `Ihr Passwort für ${app} wurde geändert`,
    lead: `Das Passwort Ihres Kontos bei ${app} wurde geändert; Ihre anderen Sitzungen wurden beendet.`,
    notes: [NOT_YOU],
  }),
  new_sign_in: ({ device, ipAddress, at }, app) => ({
    subject: `Neue Anmeldung bei ${app}`,
    lead: `Jemand hat sich von einem uns unbekannten Gerät bei Ihrem Konto bei ${app} angemeldet.`,
    notes: [
      `Gerät: ${device}`,
      ...(ipAddress === null ? [] : [`Adresse: ${ipAddress}`]),
      `Zeit: ${at}`,
      NOT_YOU,
    ],
  }),
  email_change: ({ token, url, expiresInMinutes }, app) => ({
    subject: `Neue Adresse für ${app} bestätigen`,
    lead: `Bestätigen Sie, dass diese Adresse zu Ihrem Konto bei ${app} gehören soll.`,
    ...linkOrToken('Adresse bestätigen', token, url),
    notes: [`Das gilt ${expiresInMinutes} Minuten und nur einmal.`, IGNORE],
  }),
  email_changed: ({ newEmail, token, url, undoHours }, app) => ({
    subject: `Die Adresse Ihres Kontos bei ${app} wurde geändert`,
    lead: `Ihr Konto bei ${app} verwendet jetzt die Adresse ${newEmail}. Falls Sie das nicht waren, machen Sie es rückgängig:`,
    ...linkOrToken('Änderung rückgängig machen', token, url),
    notes: [
      `Das geht ${undoHours} Stunden lang. Es stellt diese Adresse wieder her und beendet alle Sitzungen.`,
      'Falls die Änderung von Ihnen stammt, müssen Sie nichts tun.',
    ],
  }),
  email_change_undone: (_, app) => ({
    subject: `Ihre Adresse für ${app} wurde wiederhergestellt`,
    lead: `Die Änderung der Adresse Ihres Kontos bei ${app} wurde rückgängig gemacht; alle Sitzungen wurden beendet.`,
    notes: [
      'Falls die Änderung nicht von Ihnen stammte, wählen Sie jetzt bitte ein neues Passwort.',
    ],
  }),
  account_blocked: (_, app) => ({
    subject: `Ihr Konto bei ${app} wurde gesperrt`,
    lead: `Ihr Konto bei ${app} wurde gesperrt; alle Sitzungen wurden beendet.`,
    notes: ['Bitte wenden Sie sich an uns, falls das ein Irrtum ist.'],
  }),
  registration_attempt: (_, app) => ({
    subject: `Sie haben bereits ein Konto bei ${app}`,
    lead: `Jemand, hoffentlich Sie, wollte diese Adresse bei ${app} registrieren; sie gehört dort schon zu einem Konto.`,
    notes: [
      'Melden Sie sich an, oder setzen Sie Ihr Passwort zurück, falls Sie es vergessen haben.',
      IGNORE,
    ],
  }),
  oauth_linked: ({ provider, passwordRemoved }, app) => ({
    subject: `Sie können sich bei ${app} jetzt mit ${provider} anmelden`,
    lead: `Mit Ihrem Konto bei ${app} wurde eine Identität bei ${provider} verknüpft.`,
    notes: passwordRemoved
      ? [
          'Dieses Konto hatte jemand angelegt, der diese Adresse nie bestätigt hat. Es gehört jetzt Ihnen: Das alte Passwort und alle alten Sitzungen gelten nicht mehr.',
          'Mit „Passwort vergessen“ können Sie jederzeit ein Passwort wählen.',
        ]
      : [
          'Falls Sie das nicht waren, entfernen Sie die Identität in Ihrem Konto und wählen Sie ein neues Passwort.',
        ],
  }),
  oauth_unlinked: ({ provider }, app) => ({
    subject: `${provider} meldet Sie nicht mehr bei ${app} an`,
    lead: `Eine Identität bei ${provider} wurde von Ihrem Konto bei ${app} entfernt.`,
    notes: [NOT_YOU],
  }),
}
