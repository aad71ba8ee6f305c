/** A fault that bites on one engine alone: put into the statements of the sound store, or into its tables. */
export interface SqlFault {
  readonly name: string
  /** The case or race of the contract that must find it. */
  readonly caughtBy: string
  /** What is sent in the place of a statement; the statement itself where it is none of those meant. */
  readonly rewrite?: (statement: string) => string
  /** Statements that are carried out on another connection, outside their transaction, with a pause after them. */
  readonly isElsewhere?: (statement: string) => boolean
  /** Whether the driver of MySQL is told to count the rows that were changed, not those that were found. */
  readonly countsChangedRows?: boolean
  /** What is done to the tables before. */
  readonly tables?: readonly string[]
}

/** Replaces what a pattern finds; where it is found in no statement, the fault is none and its test fails. */
export function replacing(pattern: RegExp, by: string): (statement: string) => string {
  return (statement) => statement.replace(pattern, by)
}
