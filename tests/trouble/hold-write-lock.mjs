// Another process that has the same SQLite file open: it takes the write lock and lets it go when it is told to.
import Database from 'better-sqlite3'
import { answerJobs } from '../support/answer-jobs.mjs'

answerJobs(async ({ path }) => {
  const client = new Database(path)
  return {
    async answer({ hold }) {
      client.exec(hold ? 'begin immediate' : 'commit')
    },
    async close() {
      client.close()
    },
  }
})
