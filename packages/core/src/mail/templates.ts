/** A mail that needs no data. */
export type NoData = Readonly<Record<string, never>>

/** What each mail is filled with. Replacing a template means writing a function of this data. */
export interface MailData {
  login_code: { readonly code: string; readonly expiresInMinutes: number }
  otp_code: { readonly code: string; readonly purpose: string; readonly expiresInMinutes: number }
  password_reset: {
    readonly token: string
    readonly url: string | null
    readonly expiresInMinutes: number
  }
  password_reset_completed: { readonly unlinked: string | null }
  password_changed: NoData
  new_sign_in: { readonly device: string; readonly ipAddress: string | null; readonly at: string }
  email_change: {
    readonly token: string
    readonly url: string | null
    readonly expiresInMinutes: number
  }
  email_changed: {
    readonly newEmail: string
    readonly token: string
    readonly url: string | null
    readonly undoHours: number
  }
  email_change_undone: NoData
  account_blocked: NoData
  registration_attempt: NoData
  oauth_linked: { readonly provider: string; readonly passwordRemoved: boolean }
  oauth_unlinked: { readonly provider: string }
}

/** The name of a mail. */
export type MailTemplate = keyof MailData

/** What a template gives back. */
export interface MailContent {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** What every template knows besides its data. */
export interface MailSetting {
  readonly appName: string
  readonly locale: string
}

/** One function a mail. */
export type MailTemplates = {
  readonly [Name in MailTemplate]: (data: MailData[Name], setting: MailSetting) => MailContent
}

/** The words of a mail, from which text and HTML are made alike. */
export interface MailWording {
  readonly subject: string
  readonly lead: string
  /** Shown large, to be copied. */
  readonly highlight?: string
  readonly link?: { readonly label: string; readonly url: string }
  readonly notes: readonly string[]
}

/** The words of every mail in one language. */
export type MailWordings = {
  readonly [Name in MailTemplate]: (data: MailData[Name], appName: string) => MailWording
}
