/**
 * Goal: what is given away works where it is put: the built page under a sub-path of a plain web server, with no network
 * beyond it and its strict policy in force; the one-file form from a disk; links that are damaged or from the future.
 * Method: the real build in a real Chromium, every console message and request listened to.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../browser-path.mjs'

const PREFIX = '/courses/networks/lvsim/'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const INITIAL_MAX_BYTES = 180_000

let built = ''
let folder = ''
let server: Server
let base = ''
let browser: Browser

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'lvsim-built-page-'))
  folder = join(built, 'page')
  const environment = { ...process.env, VITEST: undefined, NODE_ENV: undefined }
  const vite = ['node_modules/vite/bin/vite.js', 'build', '--outDir', folder, '--logLevel', 'error']
  execFileSync(process.execPath, vite, { env: environment, stdio: 'inherit' })
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x')
    const name = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length) || 'index.html' : ''
    try {
      const body = readFileSync(join(folder, name))
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}${PREFIX}`
  browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  server?.close()
  rmSync(built, { recursive: true, force: true })
})

interface Visit {
  readonly page: Page
  /** What went wrong, in the console's words. */
  readonly said: string[]
  readonly requests: string[]
}

async function visit(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', ...options })
  const page = await context.newPage()
  const said: string[] = []
  const requests: string[] = []
  page.on('console', m => {
    if (m.type() === 'error' || /Content.Security.Policy/i.test(m.text())) said.push(m.text())
  })
  page.on('pageerror', e => said.push(String(e)))
  page.on('request', r => requests.push(r.url()))
  await page.goto(address)
  return { page, said, requests }
}

const leave = async ({ page }: Visit): Promise<void> => page.context().close()

describe('the built page under a sub-path', () => {
  it('opens with little, asks nobody else, and fetches the editor only for the editor', async () => {
    const v = await visit(base)
    await v.page.locator('.host').first().waitFor({ state: 'attached' })
    expect(v.requests.filter(url => !url.startsWith(base))).toEqual([])
    const scripts = [...new Set(v.requests)].filter(url => url.endsWith('.js') && !url.includes('.worker-'))
    const bytes = scripts.map(url => gzipSync(readFileSync(join(folder, url.slice(base.length)))).length)
    expect(bytes.reduce((a, b) => a + b, 0)).toBeLessThan(INITIAL_MAX_BYTES)
    const late = /code-editor|highs|desk-|exports-/
    expect(v.requests.filter(url => late.test(url))).toEqual([])
    await v.page.goto(`${base}?preset=coursework/failover-stop&panel=scenario`)
    await v.page.locator('.cm-content').waitFor()
    expect(v.requests.some(url => url.includes('code-editor'))).toBe(true)
    await v.page.getByRole('tab', { name: 'Plan' }).click()
    await v.page.locator('.bar-of').first().waitFor()
    expect(v.said).toEqual([])
    await leave(v)
  })

  it('gives a run away as one HTML file that opens from a disk; markup in its names stays text', async () => {
    const name = 'a </script><script>window.harmed = 1</script><img src=x onerror="window.harmed = 1">'
    const text = `scenario: '${name}'\nduration: 3s\nhosts:\n  b1: { address: 10.0.0.1/24 }\n  b2: { address: 10.0.0.2/24 }\n`
    const v = await visit(`${base}?preset=coursework/failover-stop&t=1`)
    await v.page
      .locator('input[type="file"]')
      .first()
      .setInputFiles({ name: 'x.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) })
    await v.page.getByRole('option', { name }).first().waitFor({ state: 'attached' })
    await v.page.getByText('Share').click()
    const [file] = await Promise.all([v.page.waitForEvent('download'), v.page.getByRole('button', { name: /one HTML file/ }).click()])
    const path = join(built, 'run.html')
    await file.saveAs(path)
    const one = await visit(pathToFileURL(path).href)
    await one.page.getByRole('heading', { level: 2, name }).waitFor()
    await one.page.getByRole('button', { name: 'Play' }).first().click()
    await one.page.getByRole('tab', { name: 'Verdict' }).click()
    await one.page.locator('.answer').waitFor()
    for (const visited of [v, one]) {
      expect(await visited.page.evaluate('window.harmed')).toBeUndefined()
      expect(visited.said).toEqual([])
    }
    expect(one.requests.filter(url => url.startsWith('http'))).toEqual([])
    await leave(one)
    await leave(v)
  })

  it.each([
    ['a damaged link', '#s=bm90aGluZw', /damaged|broken|could not/i],
    ['a link made by a newer version', '?v=99&preset=coursework/failover-stop', /newer/i],
    ['a scenario that is not there', '?preset=no/such', /no\/such/],
  ])('%s: a message, and the page lives', async (_, tail, message) => {
    const v = await visit(base + tail)
    expect(await v.page.locator('.notice').first().textContent()).toMatch(message)
    await v.page.locator('.host').first().waitFor({ state: 'attached' })
    expect(v.said).toEqual([])
    await leave(v)
  })

  it('starts paused for those who want no motion, and has no sideways scrolling on a phone or a small projector', async () => {
    for (const [width, height] of [
      [390, 844],
      [1024, 768],
    ])
      for (const lang of ['en', 'ru']) {
        const v = await visit(`${base}?preset=coursework/failover-stop&t=16&lang=${lang}`, {
          viewport: { width, height },
          reducedMotion: 'reduce',
        })
        await v.page.locator('.story .now').waitFor()
        expect(await v.page.locator('.play').getAttribute('aria-label')).toBe(lang === 'en' ? 'Play' : 'Пуск')
        for (const tab of await v.page.getByRole('tab').all()) {
          await tab.click()
          const over = await v.page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
          expect(over, `${await tab.textContent()} at ${width}, ${lang}`).toBeLessThanOrEqual(0)
        }
        const cut = await v.page.evaluate(() =>
          Array.from(document.querySelectorAll<HTMLElement>('.bar button, .transport button, .legend button, .tabs button'))
            .filter(e => e.scrollWidth > e.clientWidth + 1)
            .map(e => e.textContent),
        )
        expect(cut).toEqual([])
        await leave(v)
      }
  })
})
