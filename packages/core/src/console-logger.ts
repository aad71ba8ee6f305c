import type { Logger } from './ports/services.ts'

/** Warnings and errors as one line of JSON each; information is left out. */
export const consoleLogger: Logger = {
  info: () => undefined,
  warn: (message, fields) => console.warn(line('warn', message, fields)),
  error: (message, fields) => console.error(line('error', message, fields)),
}

// JSON escapes line breaks, so no value can forge a line of its own (ASVS 16.4.1).
function line(
  level: string,
  message: string,
  fields: Readonly<Record<string, unknown>> | undefined,
): string {
  return JSON.stringify({ level, source: 'mindmesh-auth', message, ...fields })
}
