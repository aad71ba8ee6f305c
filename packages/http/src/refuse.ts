import type { Context } from 'hono'
import type { HandlerConfig } from './handler-config.ts'
import { problemHeaders, problemOf, type ProblemDocument } from './problems/problem-document.ts'

/** The answer to whatever was thrown. What is the server's own fault is told to the app, and to nobody else. */
export function refuse(
  c: Context,
  error: unknown,
  { report }: Pick<HandlerConfig, 'report'>,
): Response {
  const problem = problemOf(error)
  if (isOwnFault(problem)) report(error)
  return c.body(JSON.stringify(problem), problem.status, problemHeaders(problem))
}

/** Whether a problem is the server's own fault, which the client is not told more of. */
export function isOwnFault({ code }: ProblemDocument): boolean {
  return code === 'internal_error' || code === 'store_unavailable'
}
