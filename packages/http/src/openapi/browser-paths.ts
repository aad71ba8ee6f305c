import { ANSWER_FIELDS } from '../oauth/read-answer.ts'

const TEXT = { type: 'string' }
const PROVIDER = { name: 'provider', in: 'path', required: true, schema: TEXT }

/** Where a browser is sent on to, also where something was refused: the page's `oauth` in its query says what. */
const REDIRECTS = {
  303: {
    description: 'To the provider, to the app, or to its page with the code of a refusal.',
    headers: { Location: { required: true, schema: { type: 'string', format: 'uri-reference' } } },
  },
}

/** The routes that a browser is sent to, which answer with redirects and no body. */
export const BROWSER_PATHS: Readonly<Record<string, object>> = {
  '/oauth/{provider}': {
    get: {
      operationId: 'oauthGo',
      summary: 'Go to a provider to sign in. For links: a browser keeps the cookie.',
      security: [],
      parameters: [
        PROVIDER,
        {
          name: 'redirectTo',
          in: 'query',
          description: 'A path of the app, or a URL that it allows.',
          schema: TEXT,
        },
      ],
      responses: REDIRECTS,
    },
  },
  '/oauth/{provider}/callback': {
    get: {
      operationId: 'oauthCallback',
      summary: 'Where a provider sends the browser back to.',
      security: [],
      parameters: [PROVIDER, ...ANSWER_FIELDS.map((name) => ({ name, in: 'query', schema: TEXT }))],
      responses: REDIRECTS,
    },
    post: {
      operationId: 'oauthCallbackForm',
      summary: 'The same for a provider that answers by a form.',
      security: [],
      parameters: [PROVIDER],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              properties: Object.fromEntries(ANSWER_FIELDS.map((name) => [name, TEXT])),
            },
          },
        },
      },
      responses: REDIRECTS,
    },
  },
}
