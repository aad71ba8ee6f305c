import type * as v from 'valibot'

/** What the routes need to know of the app. */
export interface Setup {
  /** The app's own columns as `register` takes them; without one it takes none. */
  readonly profile: v.GenericSchema<unknown, object | undefined> | null
  /** The app's own columns that are shown. */
  readonly userFields: v.GenericSchema<unknown, object>
}
