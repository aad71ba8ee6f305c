import type { MindmeshApi } from '@mindmesh/auth'
import type * as v from 'valibot'
import type { ProblemCode } from './problems/problem-codes.ts'
import type { AuthCookies } from './session/auth-cookies.ts'
import type { Caller, Mode } from './session/identify.ts'

/** What a route works with. */
export interface Call<Body> {
  /** The library, bound to this request. */
  readonly api: MindmeshApi
  /** Parsed by the route's own schema. */
  readonly body: Body
  readonly mode: Mode
  readonly cookies: AuthCookies
  /** The `Authorization` header. */
  readonly authorization: string | null
  /** Tells the app of a failure that the client need not know of. */
  readonly report: (error: unknown) => void
}

/** A call of somebody who is signed in. */
export interface UserCall<Body> extends Call<Body> {
  readonly caller: Caller
}

interface RouteBase<Input, Body, Answer, Status extends SuccessStatus> {
  /** One line for the OpenAPI document. */
  readonly summary: string
  /** What is asked for; without one the route is a GET. */
  readonly body?: v.GenericSchema<Input, Body>
  /** 200 with a body; 202 where a mail may follow, and 204, have none. */
  readonly status: Status
  readonly answer?: v.GenericSchema<unknown, Answer>
  /** The refusals that are this route's own. */
  readonly problems: readonly ProblemCode[]
}

/** The statuses of answers that are no refusal. */
export type SuccessStatus = 200 | 202 | 204

/** A route that anyone may call. `session` where it sets or reads the cookies of a session. */
export interface OpenRoute<Input, Body, Answer, Status extends SuccessStatus> extends RouteBase<
  Input,
  Body,
  Answer,
  Status
> {
  readonly access: 'anyone' | 'session'
  handle(call: Call<Body>): Promise<Answer>
}

/** A route for people who are signed in. */
export interface UserRoute<Input, Body, Answer, Status extends SuccessStatus> extends RouteBase<
  Input,
  Body,
  Answer,
  Status
> {
  readonly access: 'user'
  handle(call: UserCall<Body>): Promise<Answer>
}

/** One route: what it asks for, what it answers, and what it does. Its path stands in the table of all routes. */
export type Route<
  Input = unknown,
  Body = unknown,
  Answer = unknown,
  Status extends SuccessStatus = SuccessStatus,
> = OpenRoute<Input, Body, Answer, Status> | UserRoute<Input, Body, Answer, Status>

/** A route as it stands, with its types told by its schemas. */
export function openRoute<Input, Body, Answer, Status extends SuccessStatus>(
  route: OpenRoute<Input, Body, Answer, Status>,
): OpenRoute<Input, Body, Answer, Status> {
  return route
}

/** A route for people who are signed in, with its types told by its schemas. */
export function userRoute<Input, Body, Answer, Status extends SuccessStatus>(
  route: Omit<UserRoute<Input, Body, Answer, Status>, 'access'>,
): UserRoute<Input, Body, Answer, Status> {
  return { access: 'user', ...route }
}
