/** `lvsim view`: serves the page on this machine only, with the scenario beside it. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import type { Command } from 'commander'
import { hasErrors, loadScenario, readInstant } from '../sim-core/index.ts'
import { collect, usageError, wholeNumber } from './arguments.ts'
import { onInterrupt } from './interrupt.ts'
import { EXIT, write, writeProblems } from './output.ts'
import { builtPage, type Opened, rememberingFiles } from './page.ts'

interface ViewOptions {
  readonly at?: string
  readonly port?: number
  readonly seed?: number
  readonly set?: readonly string[]
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

const HELP = `
Open the address that it prints in a browser. The page needs no network: it is served from this machine to this machine
only, and what you do in it stays in the browser.

Examples:
  lvsim view                                                    the page with its lessons
  lvsim view scenarios/capacity/three-vips.yaml --at 19.5s      a scenario, just before the crash`

export function addView(program: Command): void {
  program
    .command('view')
    .summary('see every packet of a scenario, in a browser')
    .description('Opens the page on a scenario: every packet, every timer, what the tools print at any instant, and things to break.')
    .argument('[file]', 'scenario file')
    .option('--at <time>', 'begin at this time, such as 19.5s')
    .option('--seed <n>', 'seed of the random streams instead of the one in the file', wholeNumber('--seed'))
    .option('--set <path=value>', 'replace a value of the scenario, such as duration=30s (may be repeated)', collect)
    .option('--port <n>', 'port to serve on instead of a free one', wholeNumber('--port'))
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: ViewOptions) => {
      process.exitCode = await view(file, options)
    })
}

async function view(file: string | undefined, options: ViewOptions): Promise<number> {
  const at = options.at === undefined ? undefined : readInstant(options.at)
  if (at !== undefined && !at.ok) throw usageError(`--at: ${at.reason}; ${at.remedy}`)
  let opened: Opened | undefined
  if (file !== undefined) {
    const files = rememberingFiles(file)
    const edits = {
      ...(options.set === undefined ? {} : { set: options.set }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    }
    const { problems, model } = loadScenario(file, files.source, edits)
    await writeProblems(problems)
    if (model === undefined || hasErrors(problems)) return EXIT.input
    opened = files.opened(edits)
  }
  const folder = await builtPage('page')
  const server = createServer((request, response) => answer(request.url ?? '/', response, folder, opened))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`--port ${options.port ?? 0}: ${error.code === 'EADDRINUSE' ? 'something else uses it' : error.message}`)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const query = new URLSearchParams()
  if (opened !== undefined) query.set('open', '1')
  if (at?.ok === true) query.set('t', String((at.value as number) / 1e9))
  const tail = query.size === 0 ? '' : `?${query}`
  await write(process.stdout, `http://127.0.0.1:${port}/${tail}\nEnd with Ctrl-C.\n`)
  await new Promise<void>(onInterrupt)
  server.closeAllConnections()
  server.close()
  return EXIT.ok
}

/** Only what is in the folder; no listing, no other methods' meaning. */
function answer(url: string, response: ServerResponse, folder: string, opened: Opened | undefined): void {
  const headers = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }
  let path: string
  try {
    path = decodeURIComponent(new URL(url, 'http://page').pathname)
  } catch {
    path = '/none'
  }
  if (path === '/opened.json' && opened !== undefined) {
    response.writeHead(200, { ...headers, 'content-type': TYPES['.json'] })
    response.end(JSON.stringify(opened))
    return
  }
  const file = join(folder, normalize(path === '/' ? '/index.html' : path))
  if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404, { ...headers, 'content-type': 'text/plain' })
    response.end('there is no such file\n')
    return
  }
  response.writeHead(200, { ...headers, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}
