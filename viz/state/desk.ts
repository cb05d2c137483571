/** The page's end of the second worker: questions that are no runs (worker/desk.ts). It is started when first asked. */
import { createWorker } from '../worker/create.ts'
import type { DeskAnswer, DeskQuestion } from '../worker/desk.ts'
import type { FromWorker, ToWorker } from '../worker/protocol.ts'

let worker: Worker | undefined
let nextAsk = 1
const asked = new Map<number, { resolve: (answer: DeskAnswer) => void; reject: (error: Error) => void }>()

type AnswerTo<Q extends DeskQuestion> = Extract<DeskAnswer, { kind: Q['kind'] }>

/** Rejects when the worker broke: that is a bug of ours, to be shown as such. */
export function askDesk<Q extends DeskQuestion>(question: Q): Promise<AnswerTo<Q>> {
  if (worker === undefined) {
    worker = createWorker()
    worker.onmessage = (e: MessageEvent<FromWorker>) => hear(e.data)
    worker.onerror = e => giveUp(e.message)
  }
  const ask = nextAsk++
  worker.postMessage({ kind: 'desk', ask, question } satisfies ToWorker)
  return new Promise((resolve, reject) => asked.set(ask, { resolve: resolve as (answer: DeskAnswer) => void, reject }))
}

function hear(message: FromWorker): void {
  if (message.kind !== 'desk') return
  const { answer } = message
  const waiting = asked.get(message.ask)
  asked.delete(message.ask)
  if (answer.kind === 'broken') waiting?.reject(new Error(answer.message))
  else waiting?.resolve(answer)
}

function giveUp(message: string): void {
  for (const { reject } of asked.values()) reject(new Error(message))
  asked.clear()
  worker?.terminate()
  worker = undefined
}
