/** The page's end of the worker: starts runs, hands what comes back to the Run it belongs to, asks for what is inside. */
import { signal } from '@preact/signals'
import { createWorker } from '../worker/create.ts'
import type { Files, FromWorker, Inside, ToWorker } from '../worker/protocol.ts'
import { Run } from './run.ts'

let worker: Worker | undefined
const runs = new Map<number, Run>()
let nextNumber = 1
let nextAsk = 1
const asked = new Map<number, (inside: Inside) => void>()
/** Runs the page listens to, the newest last. */
export const crashed = signal<string | undefined>(undefined)

function post(message: ToWorker): void {
  if (worker === undefined) {
    worker = createWorker()
    worker.onmessage = (e: MessageEvent<FromWorker>) => hear(e.data)
    worker.onerror = e => {
      crashed.value = e.message || 'the simulation could not be started'
    }
  }
  worker.postMessage(message)
}

export function startRun(files: Files, scenario: string, label: string, seed?: number): Run {
  const run = new Run(nextNumber++, label, files, scenario)
  runs.set(run.number, run)
  post({ kind: 'run', run: run.number, files, scenario, ...(seed === undefined ? {} : { seed }) })
  return run
}

export function forgetRun(run: Run): void {
  post({ kind: 'cancel', run: run.number })
  runs.delete(run.number)
}

/** What is inside the hosts at t. Only the newest question is answered: a playhead that moves on does not wait. */
export function askInside(run: Run, t: number): Promise<Inside> {
  const ask = nextAsk++
  return new Promise(resolve => {
    asked.set(ask, resolve)
    post({ kind: 'inside', run: run.number, ask, t })
  })
}

let detailAsked: { run: Run; fromNs: number; toNs: number } | undefined

/** Every packet around t, once: an answer that already covers it, or is on its way, is not asked for again. */
export function askDetail(run: Run, fromNs: number, toNs: number): void {
  const d = run.detail
  if (d !== undefined && d.fromNs <= fromNs && toNs <= d.toNs) return
  if (detailAsked !== undefined) return
  detailAsked = { run, fromNs, toNs }
  post({ kind: 'detail', run: run.number, fromNs, toNs })
}

function hear(message: FromWorker): void {
  const run = runs.get(message.run)
  if (message.kind === 'desk') return
  if (message.kind === 'inside') {
    asked.get(message.ask)?.(message.inside)
    asked.delete(message.ask)
    return
  }
  if (message.kind === 'detail' || message.kind === 'failed') detailAsked = undefined
  if (run === undefined) return
  if (message.kind === 'begun') run.begin(message.header, message.cluster, message.problems)
  else if (message.kind === 'refused') run.problems.value = message.problems
  else if (message.kind === 'part') run.add(message.part)
  else if (message.kind === 'detail') run.takeDetail(message.fromNs, message.toNs, message.header, message.part)
  else if (message.kind === 'done') run.summary.value = message.result
  else run.failure.value = message.message
}
