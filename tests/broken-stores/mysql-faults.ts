import { replacing, type SqlFault } from './sql-fault.ts'

const BLOCK_WINS = 'sessions.open: a block that races sign-ins wins'

/** What goes wrong on MySQL and MariaDB. */
export const mysqlFaults: readonly SqlFault[] = [
  {
    // The driver asks for the rows that were found (CLIENT_FOUND_ROWS), changed or not.
    name: 'takes a row that was found for one that was changed',
    caughtBy: 'users.block: of many at once exactly one is told blocked',
    rewrite: replacing(
      /^update `users` set `blocked_at` = \?(.*) where \((`users`\.`id` = \?) and .*$/,
      'update `users` set `blocked_at` = coalesce(`blocked_at`, ?)$1 where $2',
    ),
  },
  {
    name: 'takes a row that was found and left as it is for none',
    caughtBy: 'sessions.revokeAll: ends all but keepSessionId and tells how many',
    countsChangedRows: true,
    rewrite: replacing(/last_insert_id\((`users`\.`password_version`) \+ 1\) - 1/, '$1'),
  },
  {
    name: 'counts the tries down to zero, and goes on comparing',
    caughtBy: 'codes.consume: of many wrong calls at once as many are compared as there were tries',
    rewrite: (statement) =>
      statement
        .replace(/if\(\((`auth_codes`\.`attempts_left` > \?)/, 'if((($1 or true)')
        .replace(/last_insert_id\((`auth_codes`.*? - 1)\)/, 'last_insert_id(greatest($1, 0))'),
  },
  {
    name: 'rotates whatever generation is current',
    caughtBy: 'sessions.rotate: of many at once exactly one rotates',
    rewrite: replacing(/if\(\((`auth_sessions`\.`refresh_generation` = \?)/, 'if((($1 or true)'),
  },
  {
    name: 'opens a session without looking for a block',
    caughtBy: BLOCK_WINS,
    rewrite: replacing(
      /(`last_signed_in_at` = .*)`users`\.`blocked_at` is null/,
      '$1(`users`.`blocked_at` is null or true)',
    ),
  },
  {
    name: 'opens a session with the person written on a connection of its own',
    caughtBy: BLOCK_WINS,
    isElsewhere: (statement) => /^update `users` set .*`last_signed_in_at` = /.test(statement),
  },
  {
    name: 'unlinks with the person written on a connection of its own',
    caughtBy: 'accounts.unlink: of the last two ways in, unlinked at once, one stays',
    isElsewhere: (statement) =>
      statement.startsWith('update `users` set `updated_at` = ? where `u'),
  },
  {
    name: 'takes mail that another worker holds',
    caughtBy: 'outbox.claim: a held mail is given to nobody until its lease is over',
    rewrite: replacing(/`auth_outbox`\.`leased_until` is null/, 'true'),
  },
  {
    name: 'completes mail whoever holds it',
    caughtBy: 'outbox.complete: a lease that was taken over is worth nothing',
    rewrite: replacing(/if\((`auth_outbox`\.`lease_id` = \?), 1, 0\)/, '($1 or true)'),
  },
  {
    name: 'loses the milliseconds of dates',
    caughtBy: 'sessions.open: what was written reads back equal',
    tables: ['alter table auth_sessions modify expires_at datetime not null'],
  },
  {
    name: 'folds the case of keys',
    caughtBy: 'rateLimits.hit: keys are counted apart, also where they differ in case',
    tables: [
      'alter table auth_rate_limits modify `key` varchar(128) character set ascii collate ascii_general_ci not null',
    ],
  },
  {
    name: 'folds the case of identities',
    caughtBy: 'accounts.findUser: nobody is null, and subjects that differ in case are others',
    tables: [
      'alter table auth_accounts modify subject varchar(255) character set ascii collate ascii_general_ci not null',
    ],
  },
  {
    name: 'writes events on a connection of their own',
    caughtBy: 'users.block: leaves nothing written where one of its mails fails',
    isElsewhere: (statement) => statement.startsWith('insert into `auth_events`'),
  },
]
