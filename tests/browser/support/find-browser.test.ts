import { expect, test } from 'vitest'
import { browserSummary, findBrowser } from './find-browser.ts'

const nowhere = (): boolean => false

test('browser: one in a usual place is found, and one that is named comes first', () => {
  const everywhere = (): boolean => true
  expect(findBrowser({}, everywhere)).toEqual({ path: '/usr/bin/chromium' })
  expect(findBrowser({ CHROME_PATH: '/opt/chrome' }, everywhere)).toEqual({ path: '/opt/chrome' })
})

test('browser: without one the run goes on and says so', () => {
  expect(browserSummary(findBrowser({}, nowhere))).toBe(
    'Left out: tests/browser (no Chromium; CHROME_PATH can name one)',
  )
  expect(browserSummary(findBrowser({ CHROME_PATH: '/opt/chrome' }, nowhere))).toBe(
    'Left out: tests/browser (/opt/chrome is not there)',
  )
})

test('browser: a required one that is not there ends the run before the first test', () => {
  expect(() => findBrowser({ MINDMESH_REQUIRE_BROWSER: '1' }, nowhere)).toThrow(
    'A browser is required: no Chromium; CHROME_PATH can name one.',
  )
})
