/**
 * vrrp_script: runs at ready + n × interval; `rise` successes make it good, `fall` failures bad. The counter is
 * keepalived's: 0 … rise + fall − 1, good from `rise` on, so one success at start is enough (semantics §2.9).
 */
import { because, type Draft, log } from './draft.ts'
import { secondsText } from './intervals.ts'
import { scriptTurned } from './tracking.ts'

/** At the start and after a reload: every script runs now. */
export function startScripts(d: Draft): void {
  d.config.scripts.forEach((c, s) => {
    const m = d.state.scripts[s]
    if (m.phase === 'unknown') m.result = c.rise - 1
    else if (m.phase === 'assumedFailed') m.result = 0
    runScript(d, s)
  })
}

export function runScript(d: Draft, s: number): void {
  const c = d.config.scripts[s]
  const m = d.state.scripts[s]
  m.nextRunNs = d.nowNs + c.intervalNs
  if (m.running) {
    log(d, null, `Track script ${c.name} is already running, expect idle - skipping run`)
    return
  }
  m.running = true
  m.timeoutNs = d.nowNs + c.timeoutNs
  d.effects.push({ kind: 'runScript', script: c.name })
}

/** The child has ended, or was ended because it ran too long. */
export function scriptEnded(d: Draft, name: string, ok: boolean, timedOut = false): void {
  const s = d.config.scripts.findIndex(c => c.name === name)
  if (s < 0 || !d.state.scripts[s].running) return
  const c = d.config.scripts[s]
  const m = d.state.scripts[s]
  const first = m.phase === 'unknown'
  m.running = false
  m.timeoutNs = null
  const best = c.rise + c.fall - 1
  if (ok) {
    if (m.result < c.rise - 1) m.result++
    else if (m.result !== best) {
      const turns = m.result < c.rise
      m.result = best
      if (turns) verdict(d, s, true, first, c.rise === 1 || first ? 'succeeded' : `succeeded ${c.rise} times in a row (rise)`)
    }
  } else if (m.result > c.rise) m.result--
  else {
    const turns = m.result === c.rise || first
    m.result = 0
    if (turns)
      verdict(
        d,
        s,
        false,
        first,
        timedOut
          ? `ran longer than ${secondsText(c.timeoutNs)}`
          : c.fall === 1 || first
            ? 'failed'
            : `failed ${c.fall} times in a row (fall)`,
      )
  }
  m.phase = 'known'
}

function verdict(d: Draft, s: number, good: boolean, first: boolean, what: string): void {
  const { name, rise, fall } = d.config.scripts[s]
  log(d, null, `VRRP_Script(${name}) ${good ? 'succeeded' : 'failed'}`)
  scriptTurned(
    d,
    name,
    good,
    first,
    because(good ? 'vrrp-script-good' : 'vrrp-script-bad', `script ${name} ${what}`, { script: name, rise, fall }),
  )
}
