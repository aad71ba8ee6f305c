import type { Context } from '../context.ts'
import { ConfigError, type ConfigProblem } from '../errors.ts'

/** Every difference between the database's tables and what the library needs; none where all is well. */
export async function checkSchema(context: Context): Promise<readonly ConfigProblem[]> {
  try {
    await context.store.assertSchema()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
