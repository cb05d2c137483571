/**
 * The simulation's own thread. It yields after every slice of about 20 ms, so that a question or a cancel is heard
 * soon, and sends what is new about ten times a second; chunks of the trace are transferred, not copied.
 */
import { LiveRun } from './live-run.ts'
import { clusterOf } from './cluster.ts'
import { Slicer } from './slicer.ts'
import { summarise } from './summary.ts'
import type { FromWorker, ToWorker, TracePart } from './protocol.ts'

const PART_EVERY_MS = 100
/** Finished runs that can still be asked: the one on stage and those it is compared with. */
const RUNS_KEPT = 3

const runs = new Map<number, LiveRun>()
let current = -1

self.onmessage = (event: MessageEvent<ToWorker>): void => {
  const message = event.data
  if (message.kind === 'run') start(message)
  else if (message.kind === 'desk') void desk(message)
  else if (message.kind === 'cancel') {
    runs.delete(message.run)
    if (current === message.run) resumeAnother()
  } else if (message.kind === 'detail') detail(message)
  else answer(message)
}

function say(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer })
}

function start({ run, files, scenario, seed }: Extract<ToWorker, { kind: 'run' }>): void {
  current = run
  try {
    const opened = LiveRun.open(files, scenario, seed)
    if (!('live' in opened)) {
      say({ kind: 'refused', run, problems: opened.problems })
      return
    }
    const { live } = opened
    runs.set(run, live)
    for (const old of runs.keys()) if (runs.size > RUNS_KEPT) runs.delete(old)
    say({ kind: 'begun', run, header: live.tap.header, cluster: clusterOf(live.model), problems: live.problems })
    void simulate(run, live)
  } catch (error) {
    fail(run, error)
  }
}

async function simulate(run: number, live: LiveRun): Promise<void> {
  const slicer = new Slicer(() => performance.now())
  const began = performance.now()
  let sent = began
  sendPart(run, live)
  try {
    while (!live.ended) {
      slicer.run(ns => live.step(ns))
      if (performance.now() - sent > PART_EVERY_MS) {
        sendPart(run, live)
        sent = performance.now()
      }
      await pause()
      if (current !== run) return
    }
    sendPart(run, live)
    say({ kind: 'done', run, result: summarise(live.model, live.simulation.result(), (performance.now() - began) / 1000) })
    resumeAnother()
  } catch (error) {
    fail(run, error)
  }
}

/** The newest run comes first; one that had to wait for it goes on when it is done. */
function resumeAnother(): void {
  current = -1
  for (const [run, live] of runs) {
    if (live.ended) continue
    current = run
    void simulate(run, live)
    return
  }
}

function sendPart(run: number, live: LiveRun): void {
  const part = live.part()
  say({ kind: 'part', run, part }, transferables(part))
}

function transferables({ chunks, rates }: TracePart): Transferable[] {
  return [...chunks.map(c => c.buffer), rates.packets.buffer, rates.bytes.buffer, rates.drops.buffer]
}

function answer({ run, ask, t }: Extract<ToWorker, { kind: 'inside' }>): void {
  const live = runs.get(run)
  if (live === undefined) return
  try {
    say({ kind: 'inside', run, ask, t, inside: live.inside(t) })
  } catch (error) {
    fail(run, error)
  }
}

function detail({ run, fromNs, toNs }: Extract<ToWorker, { kind: 'detail' }>): void {
  const live = runs.get(run)
  if (live === undefined) return
  try {
    const { header, part } = live.detail(fromNs, toNs)
    say({ kind: 'detail', run, fromNs, toNs, header, part }, transferables(part))
  } catch (error) {
    fail(run, error)
  }
}

async function desk({ ask, question }: Extract<ToWorker, { kind: 'desk' }>): Promise<void> {
  try {
    // The planner and its rules are large, and a first visit needs none of them.
    const { answerDesk } = await import('./desk.ts')
    say({ kind: 'desk', run: -1, ask, answer: await answerDesk(question) })
  } catch (error) {
    say({ kind: 'desk', run: -1, ask, answer: { kind: 'broken', message: error instanceof Error ? error.message : String(error) } })
  }
}

function fail(run: number, error: unknown): void {
  say({ kind: 'failed', run, message: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error) })
}

/** Messages are heard between two tasks; a MessageChannel comes round faster than a timer. */
const channel = new MessageChannel()
let wake: () => void = () => undefined
channel.port1.onmessage = () => wake()
function pause(): Promise<void> {
  return new Promise(resolve => {
    wake = resolve
    channel.port2.postMessage(0)
  })
}
