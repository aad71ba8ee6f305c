import { chromium, type Browser } from 'playwright-core'
import { afterAll, inject } from 'vitest'

/** Whether there is a browser; without one the tests of a file are left out, and the summary of the run says so. */
export const hasBrowser: boolean = inject('browserPath') !== null

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A process for each page, and one in reserve, cost more than what is tested.
  '--process-per-site',
  '--renderer-process-limit=1',
]

/** Starts the browser of a test file; it is closed after the file's last test. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = inject('browserPath')
  if (executablePath === null) throw new Error('There is no browser.')
  const browser = await chromium.launch({
    executablePath,
    args: FLAGS,
    // As people have it: a page that one goes back to may be shown as it was left.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
  afterAll(async () => browser.close())
  return browser
}
