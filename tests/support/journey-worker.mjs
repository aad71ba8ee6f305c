// One process with an instance of its own, run by tests/two-processes.test.ts. It carries out the calls that are its
// jobs, and answers with their value or with the code of what they threw.
import { MindmeshAuth } from '@mindmesh/auth'
import { smtpMailer } from '@mindmesh/auth-mailers/smtp'
import { answerJobs } from './answer-jobs.mjs'

answerJobs(async ({ address, smtp, secrets }) => {
  const { openStore } = await import(`./stores/${address.engine}.mjs`)
  const { store, close } = await openStore(address.place)
  const mindmesh = new MindmeshAuth({
    adapter: store,
    mailer: smtpMailer({ env: {}, ...smtp }),
    config: secrets,
    env: {},
  })
  return {
    async answer({ path, args }) {
      const [space, name] = path.split('.')
      try {
        return { value: (await mindmesh[space][name](...args)) ?? null }
      } catch (error) {
        return { code: error.code ?? String(error) }
      }
    },
    async close() {
      await mindmesh.close()
      await close()
    },
  }
})
