// The other end of `startProcesses`. Plain JavaScript, as all that runs in a process of its own: Node 20 runs no
// TypeScript, so such a process uses the built packages.

/**
 * Answers the jobs of the process that started this one, until that one closes the connection or ends.
 *
 * @param {(settings: any) => Promise<{ answer(job: any): Promise<unknown>, close?(): Promise<void> }>} start
 *   Makes what answers. An error that it or `answer` throws fails the call in the parent.
 */
export function answerJobs(start) {
  let worker
  process.on('message', async ({ id, settings, job }) => {
    try {
      if (id === 0) worker = await start(settings)
      const answer = id === 0 ? null : await worker.answer(job)
      process.send({ id, answer: answer ?? null })
    } catch (error) {
      process.send({ id, error: error instanceof Error ? error.stack : String(error) })
    }
  })
  process.on('disconnect', async () => worker?.close?.())
}
