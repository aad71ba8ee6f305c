import { fork, type ChildProcess } from 'node:child_process'

/** Several processes that run the same script, each with connections of its own. */
export interface ProcessGroup<Job, Answer> {
  readonly members: Several<TestProcess<Job, Answer>>
  /** Sends one job to all at the same moment; the answers come in the order of the members. */
  askAll(job: Job): Promise<readonly Answer[]>
  /** Tells all to end and waits. Rejects with what a process wrote to stderr if it failed or had to be killed. */
  close(): Promise<void>
}

/** Two at the least. */
type Several<Member> = readonly [Member, Member, ...Member[]]

/** One of them. */
export interface TestProcess<Job, Answer> {
  /** Jobs and answers travel as JSON. Rejects if the job threw or the process ended, with its stderr. */
  ask(job: Job): Promise<Answer>
}

/**
 * Starts two or more processes and waits until each is ready. The script, a `.mjs` file, hands `answerJobs` what it does with
 * the settings and with each job; it sees the built packages, so they must be up to date (`npx tsc -b`).
 */
export async function startProcesses<Job, Answer>(
  script: URL,
  {
    count,
    settings,
    endWithinSeconds = 10,
  }: { readonly count: number; readonly settings: unknown; readonly endWithinSeconds?: number },
): Promise<ProcessGroup<Job, Answer>> {
  const newChild = (number: number) => new Child<Job, Answer>(script, number)
  const others = Array.from({ length: Math.max(count - 2, 0) }, (_, n) => newChild(n + 3))
  const members: Several<Child<Job, Answer>> = [newChild(1), newChild(2), ...others]
  try {
    await Promise.all(members.map(async (member) => member.start(settings)))
  } catch (error) {
    await Promise.all(members.map(async (member) => member.kill()))
    throw error
  }
  return {
    members,
    askAll: async (job) => Promise.all(members.map(async (member) => member.ask(job))),
    async close() {
      const ends = await Promise.allSettled(
        members.map(async (member) => member.end(endWithinSeconds)),
      )
      const failed = ends.find((end) => end.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
  }
}

interface Message {
  readonly id: number
  readonly settings?: unknown
  readonly job?: unknown
}

interface Reply {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

class Child<Job, Answer> implements TestProcess<Job, Answer> {
  readonly #name: string
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  /** Resolves when the process has ended and all of its stderr is here; tells how it ended. */
  readonly #ended: Promise<string>
  #stderr = ''
  #next = 0

  constructor(script: URL, number: number) {
    this.#name = `process ${number}`
    this.#process = fork(script, { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()))
    this.#process.on('message', (reply: Reply) => {
      this.#waiting.get(reply.id)?.(reply)
      this.#waiting.delete(reply.id)
    })
    this.#ended = endOf(this.#process)
    void this.#ended.then((how) => {
      for (const [id, settle] of this.#waiting) settle({ id, error: `It ended with ${how}.` })
    })
  }

  async start(settings: unknown): Promise<void> {
    await this.#send({ id: 0, settings })
  }

  async ask(job: Job): Promise<Answer> {
    this.#next += 1
    return (await this.#send({ id: this.#next, job })) as Answer
  }

  async #send(message: Message): Promise<unknown> {
    if (!this.#process.connected) throw this.#failure(`It ended with ${await this.#ended}.`)
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(message.id, resolve)
      // A process that has just ended answers through `#ended`.
      this.#process.send(message, () => undefined)
    })
    if (reply.error !== undefined) throw this.#failure(reply.error)
    return reply.answer
  }

  async end(withinSeconds: number): Promise<void> {
    if (this.#process.connected) this.#process.disconnect()
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), withinSeconds * 1000)
    const how = await this.#ended
    clearTimeout(timer)
    if (how !== 'code 0') throw this.#failure(`It ended with ${how}.`)
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }

  #failure(reason: string): Error {
    return new Error(`${this.#name}: ${reason}${this.#stderr === '' ? '' : `\n${this.#stderr}`}`)
  }
}

/** Not the event `close`: Node does not emit it after a `disconnect` of the parent. */
async function endOf(child: ChildProcess): Promise<string> {
  const [how] = await Promise.all([
    new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
    }),
    new Promise((resolve) => child.stderr?.once('close', resolve)),
  ])
  return how
}
