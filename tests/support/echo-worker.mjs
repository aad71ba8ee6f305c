// What tests/support/processes.test.ts starts: it does what a job says, well or badly.
import { appendFileSync } from 'node:fs'
import { answerJobs } from './answer-jobs.mjs'

answerJobs(async ({ log, refuse, linger }) => {
  if (refuse) {
    console.error('said on stderr before it failed')
    throw new Error('this process does not start')
  }
  let release
  const released = new Promise((resolve) => (release = resolve))
  return {
    async answer({ say, hold, fail, exit }) {
      if (hold) await released
      else release()
      if (fail !== undefined) throw new Error(fail)
      if (exit !== undefined) {
        console.error('said on stderr before the end')
        process.exit(exit)
      }
      return { pid: process.pid, say }
    },
    async close() {
      appendFileSync(log, `${process.pid}\n`)
      if (linger) setInterval(() => undefined, 1000)
    },
  }
})
