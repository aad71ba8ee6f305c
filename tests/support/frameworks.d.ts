/** What the documents use of frameworks that are too large to install for a look at their types. */

declare module 'next' {
  export interface NextConfig {
    serverExternalPackages?: string[]
  }
}

declare module 'next/headers' {
  export function headers(): Promise<Headers>
}

declare module '@sveltejs/kit' {
  export interface RequestEvent {
    readonly request: Request
    readonly url: URL
    readonly locals: App.Locals
    getClientAddress(): string
  }
  export type RequestHandler = (event: RequestEvent) => Response | Promise<Response>
  export type ServerInit = () => void | Promise<void>
  export type Handle = (input: {
    event: RequestEvent
    resolve: (event: RequestEvent) => Promise<Response>
  }) => Promise<Response>
}
