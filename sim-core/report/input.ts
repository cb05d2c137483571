/** What a report is made of. Every form of it (text, JSON) starts from this one, so they cannot disagree. */
import { evaluateExpectations, type ExpectationVerdict } from '../expect/index.ts'
import { type Fault, type RunResult, type RunView, viewRun } from '../metrics/index.ts'
import type { EventModel, Model } from '../scenario/index.ts'
import { type Answer, answerOf } from './answer.ts'

export interface Report {
  readonly model: Model
  readonly view: RunView
  readonly verdicts: readonly ExpectationVerdict[]
  readonly answer: Answer
}

export function makeReport(model: Model, result: RunResult): Report {
  const view = viewRun(result, model.windows, model.events.map(faultOf))
  return { model, view, verdicts: evaluateExpectations(model.expectations, view), answer: answerOf(model, view) }
}

/** `crash b1`, `real_server s1 refuse`, `link_down b1 eth1`. */
export function eventText(event: EventModel): string {
  const { what } = event.options
  const nic = event.options['if']
  return [event.verb, event.target, what, nic].filter(part => part !== undefined && part !== '').join(' ')
}

const faultOf = (event: EventModel): Fault => ({ atNs: event.atNs, what: eventText(event) })
