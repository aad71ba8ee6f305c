/** The order of the pages in the sidebar: paths from the root of the repository. */
export const navigation: readonly { readonly text: string; readonly pages: readonly string[] }[] = [
  {
    text: 'Start',
    pages: [
      'README.md',
      'docs/getting-started.md',
      'examples/README.md',
      'docs/cli.md',
      'docs/moving-in.md',
      'docs/comparison.md',
    ],
  },
  {
    text: 'Databases',
    pages: [
      'docs/databases/sqlite.md',
      'docs/databases/postgresql.md',
      'docs/databases/mysql.md',
      'packages/prisma/README.md',
    ],
  },
  {
    text: 'Frameworks',
    pages: [
      'docs/frameworks/hono.md',
      'docs/frameworks/node.md',
      'docs/frameworks/express.md',
      'docs/frameworks/fastify.md',
      'docs/frameworks/nextjs.md',
      'docs/frameworks/sveltekit.md',
    ],
  },
  {
    text: 'Flows',
    pages: [
      'docs/flows.md',
      'docs/flows/register.md',
      'docs/flows/sign-in.md',
      'docs/flows/refresh.md',
      'docs/flows/sign-out.md',
      'docs/flows/password-reset.md',
      'docs/flows/password-change.md',
      'docs/flows/email-change.md',
      'docs/flows/codes.md',
      'docs/flows/providers.md',
      'docs/flows/fresh-authentication.md',
      'docs/flows/administration.md',
    ],
  },
  {
    text: 'Reference',
    pages: [
      'docs/configuration.md',
      'docs/errors.md',
      'docs/events.md',
      'docs/mail.md',
      'docs/http.md',
      'docs/oauth.md',
      'docs/observability.md',
    ],
  },
  {
    text: 'Running it',
    pages: ['docs/several-machines.md', 'docs/operations.md', 'docs/upgrading.md'],
  },
  {
    text: 'Proof',
    pages: [
      'docs/security.md',
      'docs/mutants.md',
      'docs/benchmarks.md',
      'docs/statements.md',
      'docs/testing.md',
    ],
  },
  {
    text: 'Extending',
    pages: [
      'docs/writing-an-adapter.md',
      'docs/writing-a-mailer.md',
      'docs/writing-a-provider.md',
      'CONTRIBUTING.md',
    ],
  },
  {
    text: 'Packages',
    pages: [
      'packages/core/README.md',
      'packages/drizzle/README.md',
      'packages/http/README.md',
      'packages/oauth/README.md',
      'packages/mailers/README.md',
      'packages/cli/README.md',
      'packages/adapter-kit/README.md',
    ],
  },
  { text: 'Project', pages: ['CHANGELOG.md', 'SECURITY.md'] },
]
