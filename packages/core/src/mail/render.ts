import type {
  MailContent,
  MailSetting,
  MailTemplates,
  MailWording,
  MailWordings,
} from './templates.ts'
import { wordingsDe } from './wordings-de.ts'
import { wordingsEn } from './wordings-en.ts'

/** More languages, or other words in one that is there. Templates that a language lacks are in English. */
export type MailTranslations = Readonly<Record<string, Partial<MailWordings>>>

/** Our templates over these words, with the app's own templates in place of ours. */
export function createTemplates(
  replaced: Partial<MailTemplates> = {},
  translations: MailTranslations = {},
): MailTemplates {
  const wordingsOf = (locale: string): MailWordings => {
    const language = locale.toLowerCase().replace(/-.*$/, '')
    const shipped = language === 'de' ? wordingsDe : wordingsEn
    return { ...shipped, ...translations[language], ...translations[locale] }
  }
  const ours =
    <Data>(pick: (words: MailWordings) => (data: Data, appName: string) => MailWording) =>
    (data: Data, setting: MailSetting): MailContent =>
      renderWording(pick(wordingsOf(setting.locale))(data, setting.appName), setting)
  return {
    login_code: ours((words) => words.login_code),
    otp_code: ours((words) => words.otp_code),
    password_reset: ours((words) => words.password_reset),
    password_reset_completed: ours((words) => words.password_reset_completed),
    password_changed: ours((words) => words.password_changed),
    new_sign_in: ours((words) => words.new_sign_in),
    email_change: ours((words) => words.email_change),
    email_changed: ours((words) => words.email_changed),
    email_change_undone: ours((words) => words.email_change_undone),
    account_blocked: ours((words) => words.account_blocked),
    registration_attempt: ours((words) => words.registration_attempt),
    oauth_linked: ours((words) => words.oauth_linked),
    oauth_unlinked: ours((words) => words.oauth_unlinked),
    ...replaced,
  }
}

/** Text and HTML of the same words. Everything is escaped: names and addresses come from outside. */
export function renderWording(wording: MailWording, setting: MailSetting): MailContent {
  const text = [
    wording.lead,
    ...(wording.highlight === undefined ? [] : [`    ${wording.highlight}`]),
    ...(wording.link === undefined ? [] : [`${wording.link.label}:\n${wording.link.url}`]),
    wording.notes.join('\n'),
    setting.appName,
  ].join('\n\n')
  return { subject: wording.subject, text: `${text}\n`, html: renderHtml(wording, setting) }
}

// Colours have three digits so that nothing but a code looks like six digits.
const PAGE = 'margin:0;padding:24px;background:#eee;font-family:system-ui,sans-serif;color:#222'
const CARD = 'max-width:480px;margin:0 auto;padding:32px;background:#fff;border-radius:8px'
const HIGHLIGHT =
  'font-family:ui-monospace,monospace;font-size:24px;letter-spacing:2px;padding:16px;background:#eee;border-radius:8px;text-align:center;overflow-wrap:anywhere'
const BUTTON =
  'display:inline-block;padding:12px 20px;background:#25d;color:#fff;border-radius:8px;text-decoration:none'

function renderHtml(wording: MailWording, setting: MailSetting): string {
  const parts = [
    `<p>${escapeHtml(wording.lead)}</p>`,
    ...(wording.highlight === undefined
      ? []
      : [`<p style="${HIGHLIGHT}">${escapeHtml(wording.highlight)}</p>`]),
    ...(wording.link === undefined ? [] : [renderLink(wording.link)]),
    ...wording.notes.map((note) => `<p style="color:#555;font-size:14px">${escapeHtml(note)}</p>`),
    `<p style="color:#555;font-size:14px">${escapeHtml(setting.appName)}</p>`,
  ]
  return `<!doctype html><html lang="${escapeHtml(setting.locale)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(wording.subject)}</title></head><body style="${PAGE}"><div style="${CARD}">${parts.join('')}</div></body></html>`
}

function renderLink(link: { readonly label: string; readonly url: string }): string {
  const url = escapeHtml(link.url)
  return `<p><a href="${url}" style="${BUTTON}">${escapeHtml(link.label)}</a></p><p style="font-size:12px;color:#555;overflow-wrap:anywhere">${url}</p>`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
