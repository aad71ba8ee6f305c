import type { Context } from 'hono'
import type { HandlerConfig } from './handler-config.ts'
import { problemHeaders, problemOf } from './problems/problem-document.ts'

/** The answer to whatever was thrown. What is the server's own fault is told to the app, and to nobody else. */
export function refuse(
  c: Context,
  error: unknown,
  { report }: Pick<HandlerConfig, 'report'>,
): Response {
  const problem = problemOf(error)
  if (problem.code === 'internal_error' || problem.code === 'store_unavailable') report(error)
  return c.body(JSON.stringify(problem), problem.status, problemHeaders(problem))
}
