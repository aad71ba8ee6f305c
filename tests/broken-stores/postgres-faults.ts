import { replacing, type SqlFault } from './sql-fault.ts'

const ONE_ROTATES = 'sessions.rotate: of many at once exactly one rotates'
const BLOCK_WINS = 'sessions.open: a block that races sign-ins wins'

/** What goes wrong on PostgreSQL, mostly between two callers; where they seldom meet, the pause between is longer. */
export const postgresFaults: readonly SqlFault[] = [
  {
    // After a wait PostgreSQL checks the statement's own WHERE again, and no sub-select.
    name: 'spends a try with the guard in a sub-select',
    caughtBy: 'codes.consume: of many wrong calls at once as many are compared as there were tries',
    rewrite: replacing(
      /(update "auth_codes" set "attempts_left" = [^(]* where )\((\(.*?\)) and not/,
      '$1("auth_codes"."id" in (select "id" from "auth_codes" where $2) and not',
    ),
  },
  {
    name: 'rotates with the guard in a sub-select',
    caughtBy: ONE_ROTATES,
    rewrite: replacing(
      /(update "auth_sessions" set "refresh_generation" [^(]*) where (\(.*?\)) returning/,
      '$1 where "auth_sessions"."id" in (select "id" from "auth_sessions" where $2) returning',
    ),
  },
  {
    name: 'sets a password with the guard in a sub-select',
    caughtBy: 'users.setPassword: of many at once exactly one sets',
    rewrite: replacing(
      /(update "users" set "password_hash" .*) where (\(.*?\)) returning/,
      '$1 where "users"."id" in (select "id" from "users" where $2) returning',
    ),
  },
  {
    name: 'takes mail with the guard in a sub-select',
    caughtBy: 'outbox.claim: of many workers at once each mail goes to one',
    rewrite: (statement) =>
      statement
        .replace(' for update skip locked', '')
        .replace(
          /("auth_outbox"\."id" = "due_id") and \((.*?)\)\) returning/,
          '$1 and ($2) is not null) returning',
        ),
  },
  {
    name: 'counts a hit whether or not its limit has room',
    caughtBy: 'rateLimits.hit: of many at once exactly as many are allowed as the limit says',
    rewrite: replacing(/"auth_rate_limits"\."hits" < \(/, 'true or $&'),
  },
  {
    name: 'rotates whatever generation is current',
    caughtBy: 'sessions.rotate: writes nothing where the generation was never given out',
    rewrite: replacing(/("auth_sessions"\."refresh_generation" = \$\d+) and/, '($1 or true) and'),
  },
  {
    name: 'opens a session without looking for a block',
    caughtBy: BLOCK_WINS,
    rewrite: replacing(
      /(set "last_signed_in_at" .*?)"users"\."blocked_at" is null/,
      '$1("users"."blocked_at" is null or true)',
    ),
  },
  {
    name: 'opens a session after reading the person, and does not write them',
    caughtBy: BLOCK_WINS,
    rewrite: replacing(
      /update "users" set "last_signed_in_at" = (\$\d+) where (\(.*?\)) returning "id"/,
      'select "id" from "users" where $2 and $1::timestamptz is not null and (select true from pg_sleep(0.01))',
    ),
  },
  {
    name: 'unlinks after reading the person, and does not write them',
    caughtBy: 'accounts.unlink: of the last two ways in, unlinked at once, one stays',
    rewrite: replacing(
      /update "users" set "updated_at" = (\$\d+) where ("users"."id" = \$\d+) returning "password_hash"/,
      'select "password_hash" from "users" where $2 and $1::timestamptz is not null and (select true from pg_sleep(0.01))',
    ),
  },
  {
    name: 'completes mail whoever holds it',
    caughtBy: 'outbox.complete: a lease that was taken over is worth nothing',
    rewrite: replacing(/("auth_outbox"\."lease_id" = \$\d+)\)/, '($1 or true))'),
  },
  {
    name: 'loses the milliseconds of dates',
    caughtBy: 'sessions.open: what was written reads back equal',
    tables: ['alter table auth_sessions alter column expires_at type timestamptz(0)'],
  },
  {
    name: 'folds the case of keys',
    caughtBy: 'rateLimits.hit: keys are counted apart, also where they differ in case',
    tables: [
      `create collation folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
      'alter table auth_rate_limits alter column key type text collate folded',
    ],
  },
]
