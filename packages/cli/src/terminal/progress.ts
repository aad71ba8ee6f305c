import type { Terminal } from './terminal.ts'

/** How far something has come. */
export interface Progress {
  /** `total` may become known, or another, on the way. */
  update(done: number, total?: number): void
  stop(): void
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined }

/** A bar on stderr while a person looks on; nothing in a pipe, a log or CI. */
export async function progressBar(
  terminal: Terminal,
  what: string,
  total: number,
): Promise<Progress> {
  if (!terminal.isInteractive) return SILENT
  const { SingleBar } = await import('cli-progress')
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${what} {bar} {percentage}%  {value} of {total}  {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(total, 0)
  return {
    update(done, newTotal) {
      if (newTotal !== undefined) bar.setTotal(newTotal)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}
