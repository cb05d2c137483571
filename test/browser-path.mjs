/**
 * Where the browser for tests is: CHROMIUM_PATH, else a Chromium that is installed, else the one of the npm package
 * @sparticuz/chromium (Linux x64), which needs nothing of the system. None: one line that says how to get one.
 */
import { existsSync } from 'node:fs'

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']

export async function chromiumPath() {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (existsSync(given)) return given
    throw new Error(`CHROMIUM_PATH is "${given}", and there is no such file`)
  }
  for (const path of INSTALLED) if (existsSync(path)) return path
  // Set before the import: it makes the package unpack the system libraries that it brings along.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs20.x'
  try {
    const { default: chromium } = await import('@sparticuz/chromium')
    return await chromium.executablePath()
  } catch (error) {
    throw new Error(
      `no browser for the browser tests: install Chromium (apt-get install chromium) or the npm package @sparticuz/chromium, or set CHROMIUM_PATH (${error instanceof Error ? error.message : error})`,
    )
  }
}
