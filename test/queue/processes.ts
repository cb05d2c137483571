/** Redis, workers and sweeps as processes of their own, on loopback only, all ended with the tests. */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { environment } from '../cli/lvsim.ts'

const HERE = import.meta.dirname

/** BullMQ, installed once, here and without install scripts. */
export async function installBullMq(): Promise<void> {
  if (existsSync(join(HERE, 'node_modules/bullmq/package.json')) && existsSync(join(HERE, 'node_modules/ioredis/package.json'))) return
  try {
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: HERE })
  } catch (error) {
    throw new Error(`BullMQ could not be installed for these tests: npm ci --ignore-scripts in test/queue, with a registry\n${error}`)
  }
}

/** Whether a real Redis can be started here; says how to get one where not. */
export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'])
    return true
  } catch {
    console.warn('the queue is not tested: there is no redis-server (apt-get install redis-server; .ci/run does it where it may)')
    return false
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}

export class Processes {
  private readonly children = new Set<ChildProcess>()
  private readonly cwd: string
  private readonly program: string

  constructor(program: string, cwd: string) {
    this.program = program
    this.cwd = cwd
  }

  start(command: string, args: readonly string[]): Started {
    const child = spawn(command, args, { cwd: this.cwd, env: environment() })
    this.children.add(child)
    return new Started(child, () => this.children.delete(child))
  }

  lvsim(...args: string[]): Started {
    return this.start(process.execPath, [this.program, ...args])
  }

  /** Keeps nothing on disk: when it is killed, all it held is lost. */
  async redis(port: number): Promise<Started> {
    const server = this.start('redis-server', [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.cwd,
    ])
    while (!(await answers(port))) await wait(20)
    return server
  }

  killAll(): void {
    for (const child of this.children) child.kill('SIGKILL')
  }
}

export class Started {
  readonly child: ChildProcess
  /** Code, or the signal's name. */
  readonly ended: Promise<number | string>
  running = true
  stdout = ''
  stderr = ''

  constructor(child: ChildProcess, gone: () => void) {
    this.child = child
    child.stdout?.on('data', chunk => (this.stdout += chunk))
    child.stderr?.on('data', chunk => (this.stderr += chunk))
    this.ended = new Promise(resolve =>
      child.once('close', (code, signal) => {
        this.running = false
        gone()
        resolve(signal ?? code ?? 0)
      }),
    )
  }

  async kill(signal: NodeJS.Signals): Promise<number | string> {
    this.child.kill(signal)
    return this.ended
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async said(text: string): Promise<void> {
    while (this.running && !`${this.stdout}${this.stderr}`.includes(text)) await wait(20)
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.end('PING\r\n'))
    socket.once('data', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })

/** Whole lines of a log. */
export const linesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [])
