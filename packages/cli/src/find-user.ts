import { CommandError } from './exit.ts'
import type { SetupInstance } from './setup/define-setup.ts'

type User = NonNullable<Awaited<ReturnType<SetupInstance['user']['getById']>>>

/** The user of an id or an e-mail address. Throws `user_not_found`. */
export async function findUser(mindmesh: SetupInstance, idOrEmail: string): Promise<User> {
  const { user: users } = mindmesh
  const user = await (idOrEmail.includes('@')
    ? users.getByEmail(idOrEmail)
    : users.getById(idOrEmail))
  if (user === null) throw new CommandError('user_not_found', `There is no user ${idOrEmail}.`)
  return user
}
