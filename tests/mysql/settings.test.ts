import { contractCases, contractContext } from '@mindmesh/auth-adapter-kit'
import { describe, expect, test } from 'vitest'
import { hasMysql, openMysql } from '../support/mysql.ts'
import { isThorough } from '../support/repeats.ts'
import { runRaces } from '../support/run-races.ts'

/** Each is something that an app, or its server, may have set otherwise than the driver's and the server's defaults. */
const UNUSUAL = {
  pool: {
    flags: ['-FOUND_ROWS'],
    timezone: '+05:30',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    namedPlaceholders: true,
    multipleStatements: true,
  },
  session: [
    `set session transaction isolation level read committed`,
    `set session sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'`,
    `set session time_zone = '-07:00'`,
  ],
}

describe.runIf(hasMysql)('settings of mysql', () => {
  describe.runIf(isThorough)(
    'contract on mysql, READ COMMITTED, changed rows counted, no strict mode',
    () => {
      test.each(contractCases)('$name', async ({ run }) => {
        const { store, close } = await openMysql(UNUSUAL)
        try {
          expect(await run(contractContext(store))).toBeUndefined()
        } finally {
          await close()
        }
      })
    },
  )

  test.each(['read uncommitted', 'serializable'])('races on mysql, %s', async (level) => {
    const session = [`set session transaction isolation level ${level}`]
    const { store, close } = await openMysql({ pool: { flags: ['-FOUND_ROWS'] }, session })
    expect(await runRaces(contractContext(store))).toBeUndefined()
    await close()
  })

  test('races on mysql, under the sql_mode that MySQL 8 begins with', async () => {
    const session = [
      `set session sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
    ]
    const { store, close } = await openMysql({ session })
    expect(await store.assertSchema()).toBeUndefined()
    expect(await runRaces(contractContext(store))).toBeUndefined()
    await close()
  })

  test('races on mysql, where a row that changed since the first read is an error', async () => {
    // The default of MariaDB 11.6 and later; MySQL has no such variable and takes it for a comment.
    const { store, pool, close } = await openMysql({
      session: [`set @mysql = 1 /*M!101106 , session innodb_snapshot_isolation = on */`],
    })
    const [rows] = await pool.query(`show variables like 'innodb_snapshot_isolation'`)
    const isOn = [{ Variable_name: 'innodb_snapshot_isolation', Value: 'ON' }]
    expect([[], isOn]).toContainEqual(rows)
    expect(await runRaces(contractContext(store))).toBeUndefined()
    await close()
  })
})
