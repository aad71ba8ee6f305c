import { afterEach, expect, test, vi } from 'vitest'
import { consoleLogger } from './console-logger.ts'

afterEach(() => vi.restoreAllMocks())

test('console logger: a warning or an error is one line of JSON, whatever its values hold', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  consoleLogger.warn('A limit refused a request.', { ipAddress: '192.0.2.1\n{"level":"forged"}' })
  consoleLogger.error('Failed.')
  const [line] = warn.mock.calls[0] ?? []
  expect(line).not.toContain('\n')
  expect(JSON.parse(String(line))).toEqual({
    level: 'warn',
    source: 'mindmesh-auth',
    message: 'A limit refused a request.',
    ipAddress: '192.0.2.1\n{"level":"forged"}',
  })
  expect(error).toHaveBeenCalledWith(
    '{"level":"error","source":"mindmesh-auth","message":"Failed."}',
  )
})

test('console logger: information is left out', () => {
  const methods = ['log', 'info', 'warn', 'error'] as const
  const spies = methods.map((name) => vi.spyOn(console, name))
  consoleLogger.info('Something.')
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})
