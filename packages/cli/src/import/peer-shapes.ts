/** Names that a table or a column may have there: the first that is there counts. */
export type Names = readonly string[]

/** Where another system keeps what of a person. */
export interface PeerShape {
  readonly users: Names
  readonly columns: {
    readonly id: Names
    readonly email: Names
    /** A yes or no, or the moment. */
    readonly emailVerified: Names
    readonly createdAt: Names
    readonly passwordHash: Names
    /** A yes or no, or the moment. */
    readonly blocked: Names
    readonly blockedReason: Names
    /** A block that ends then. */
    readonly blockedUntil: Names
    /** Who has a moment here was deleted, and is left out. */
    readonly deletedAt: Names
  }
  readonly identities: IdentityShape | null
  /** A table that holds passwords alone. */
  readonly passwords: {
    readonly tables: Names
    readonly userId: Names
    readonly hash: Names
  } | null
}

/** Where it keeps identities at providers, and often passwords among them. */
export interface IdentityShape {
  readonly tables: Names
  readonly userId: Names
  readonly provider: Names
  readonly subject: Names
  readonly email: Names
  readonly passwordHash: Names
  /** Both in one column, `provider:subject`, where there are no two. */
  readonly key: Names
  /** What stands for a password or an address, and is no provider. */
  readonly ownProviders: readonly string[]
}

const CREATED: Names = ['createdAt', 'created_at', 'created']
const VERIFIED: Names = ['emailVerified', 'email_verified', 'emailVerifiedAt', 'email_verified_at']
const USER_ID: Names = ['userId', 'user_id']
const HASH: Names = ['passwordHash', 'password_hash', 'hashedPassword', 'hashed_password']

/** The systems that people can move in from. */
export const PEERS: Readonly<Record<PeerName, PeerShape>> = {
  'better-auth': {
    users: ['user', 'users'],
    columns: {
      id: ['id'],
      email: ['email'],
      emailVerified: VERIFIED,
      createdAt: CREATED,
      passwordHash: [],
      blocked: ['banned'],
      blockedReason: ['banReason', 'ban_reason'],
      blockedUntil: ['banExpires', 'ban_expires'],
      deletedAt: [],
    },
    identities: {
      tables: ['account', 'accounts'],
      userId: USER_ID,
      provider: ['providerId', 'provider_id'],
      subject: ['accountId', 'account_id'],
      email: [],
      passwordHash: ['password'],
      key: [],
      ownProviders: ['credential'],
    },
    passwords: null,
  },
  authjs: {
    users: ['users', 'User', 'user'],
    columns: {
      id: ['id'],
      email: ['email'],
      emailVerified: VERIFIED,
      createdAt: CREATED,
      passwordHash: [...HASH, 'password'],
      blocked: [],
      blockedReason: [],
      blockedUntil: [],
      deletedAt: [],
    },
    identities: {
      tables: ['accounts', 'Account', 'account'],
      userId: USER_ID,
      provider: ['provider', 'provider_id'],
      subject: ['providerAccountId', 'provider_account_id'],
      email: [],
      passwordHash: [],
      key: [],
      ownProviders: ['credentials', 'email', 'nodemailer', 'resend', 'sendgrid'],
    },
    passwords: null,
  },
  lucia: {
    users: ['user', 'users', 'auth_user'],
    columns: {
      id: ['id'],
      email: ['email'],
      emailVerified: VERIFIED,
      createdAt: CREATED,
      passwordHash: HASH,
      blocked: [],
      blockedReason: [],
      blockedUntil: [],
      deletedAt: [],
    },
    identities: {
      tables: ['oauth_account', 'oauth_accounts', 'user_key', 'auth_key'],
      userId: USER_ID,
      provider: ['provider_id', 'providerId'],
      subject: ['provider_user_id', 'providerUserId'],
      email: [],
      passwordHash: ['hashed_password'],
      key: ['id'],
      ownProviders: ['email', 'username'],
    },
    passwords: { tables: ['password', 'passwords'], userId: USER_ID, hash: HASH },
  },
  supabase: {
    users: ['auth.users', 'users'],
    columns: {
      id: ['id'],
      email: ['email'],
      // Not confirmed_at: that is the telephone's too.
      emailVerified: ['email_confirmed_at'],
      createdAt: CREATED,
      passwordHash: ['encrypted_password'],
      blocked: [],
      blockedReason: [],
      blockedUntil: ['banned_until'],
      deletedAt: ['deleted_at'],
    },
    identities: {
      tables: ['auth.identities', 'identities'],
      userId: USER_ID,
      provider: ['provider'],
      subject: ['provider_id', 'id'],
      email: ['email'],
      passwordHash: [],
      key: [],
      ownProviders: ['email', 'phone'],
    },
    passwords: null,
  },
  mindmesh: {
    users: ['User', 'users', 'user'],
    columns: {
      id: ['id'],
      email: ['email'],
      emailVerified: [...VERIFIED, 'isEmailVerified', 'is_email_verified', 'isVerified'],
      createdAt: CREATED,
      passwordHash: HASH,
      blocked: ['isBlocked', 'is_blocked', 'blocked', 'blockedAt', 'blocked_at'],
      blockedReason: ['blockedReason', 'blocked_reason', 'blockReason'],
      blockedUntil: [],
      deletedAt: ['deletedAt', 'deleted_at'],
    },
    identities: null,
    passwords: null,
  },
}

/** Their names on the command line. */
export type PeerName = 'better-auth' | 'authjs' | 'lucia' | 'supabase' | 'mindmesh'
