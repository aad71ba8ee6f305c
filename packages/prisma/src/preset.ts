import { MindmeshAuth, type MindmeshAuthOptions, type RequireProfileFor } from '@mindmesh/auth'
import type { AuthStore, Mailer } from '@mindmesh/auth/ports'
import { smtpMailer } from '@mindmesh/auth-mailers/smtp'
import { prismaAdapter } from './store.ts'
import type { AppClientWithUser, ModelOf } from './users-model.ts'

/** What the preset is made from: the app's Prisma client, and whatever the library takes besides. */
export interface PrismaMindmeshAuthOptions<Client extends AppClientWithUser> extends Omit<
  MindmeshAuthOptions<ModelOf<Client>>,
  'adapter' | 'mailer'
> {
  readonly prisma: Client
  /** @default `prismaAdapter(prisma)` */
  readonly adapter?: AuthStore<ModelOf<Client>>
  /** @default `smtpMailer()`: SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASS and SMTP_FROM of the environment */
  readonly mailer?: Mailer
}

/**
 * The library on a Prisma client, with mail by SMTP: `new PrismaMindmeshAuth({ prisma })`. The package's default
 * export, so that it can be imported under the name that the app calls it.
 */
export class PrismaMindmeshAuth<Client extends AppClientWithUser> extends MindmeshAuth<
  ModelOf<Client>
> {
  constructor(options: PrismaMindmeshAuthOptions<Client> & RequireProfileFor<ModelOf<Client>>) {
    const { prisma, adapter, mailer, ...others } = options
    const given = {
      ...others,
      adapter: adapter ?? prismaAdapter(prisma),
      mailer: mailer ?? smtpMailer(options.env === undefined ? {} : { env: options.env }),
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a generic rest forgets which options are there
    super(given as MindmeshAuthOptions<ModelOf<Client>> & RequireProfileFor<ModelOf<Client>>)
  }
}
