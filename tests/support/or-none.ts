import { test } from 'vitest'

/**
 * What a file has a suite for, as it is. Where a run has none of it, on one engine or without servers, the file is
 * skipped: one without any test would fail.
 */
export function orNone<Each>(all: readonly Each[]): readonly Each[] {
  // oxlint-disable-next-line vitest/no-disabled-tests, vitest/no-conditional-tests -- it stands for those that are not here
  if (all.length === 0) test.skip('none of the engines that this run has')
  return all
}
