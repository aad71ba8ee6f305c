import { expect, test } from 'vitest'
import { createCurrentContext } from './current-context.ts'

test('current context: what was set is seen in its own flow alone', async () => {
  const current = createCurrentContext<string>()
  const flow = async (value: string): Promise<string | undefined> => {
    current.set(value)
    await Promise.resolve()
    return current.get()
  }
  expect(await Promise.all([flow('one'), flow('two')])).toEqual(['one', 'two'])
  current.close()
})

test('current context: a closed one keeps nothing, which Node would carry through every promise', async () => {
  const current = createCurrentContext<string>()
  await (async () => {
    current.set('one')
    current.close()
    expect(current.get()).toBeUndefined()
  })()
})
