/**
 * What can be done to a host: opened by a click or Enter on its card. Everything here becomes an event of the scenario
 * at the playhead. Only what makes sense for the host in its present state is offered.
 */
import { useEffect, useRef } from 'preact/hooks'
import type { HostState } from '../../sim-core/index.ts'
import { causeText, whatText } from '../i18n/happenings.ts'
import { instantText, t, type Key } from '../i18n/index.ts'
import { clusterState, menuFor, panel, run, selection } from '../state/app.ts'
import { readhead } from '../state/clock.ts'
import { breakIt, type EventOptions } from '../state/edits.ts'
import type { ClusterHost } from '../worker/protocol.ts'

interface Act {
  readonly key: string
  readonly verb: string
  readonly options?: EventOptions
}

export function actsFor(host: ClusterHost, s: HostState): Act[] {
  if (!s.up) return [{ key: 'act.boot', verb: 'boot' }]
  const acts: Act[] = [{ key: 'act.crash', verb: 'crash' }]
  if (host.keepalived) {
    if (s.process === 'stopped' || s.process === 'killed') acts.push({ key: 'act.start', verb: 'start' })
    else if (s.frozen) acts.push({ key: 'act.thaw', verb: 'thaw' })
    else acts.push({ key: 'act.stop', verb: 'stop' }, { key: 'act.kill', verb: 'kill' }, { key: 'act.freeze', verb: 'freeze' })
  }
  const mend: Readonly<Record<string, string>> = { link_down: 'link_up', partition: 'heal', mute: 'unmute', deaf: 'undeaf' }
  if (s.cable !== '' && mend[s.cable] !== undefined) acts.push({ key: `act.${mend[s.cable]}`, verb: mend[s.cable] })
  else for (const verb of ['link_down', 'partition', 'mute', 'deaf']) acts.push({ key: `act.${verb}`, verb })
  if (host.role === 'server') {
    if (s.service === 'hang') acts.push({ key: 'act.unhang', verb: 'real_server', options: { what: 'unhang' } })
    else if (s.service === 'refuse') acts.push({ key: 'act.listen', verb: 'real_server', options: { what: 'listen' } })
    else if (s.service === '503') acts.push({ key: 'act.200', verb: 'real_server', options: { what: '200' } })
    else for (const what of ['hang', 'refuse', '503']) acts.push({ key: `act.${what}`, verb: 'real_server', options: { what } })
  }
  return acts
}

/** What can be done to a cable: to its host's end, which is the same, and what `set` changes. */
export function actsForCable(s: HostState): Act[] {
  const mend: Readonly<Record<string, string>> = { link_down: 'link_up', partition: 'heal', mute: 'unmute', deaf: 'undeaf' }
  if (s.cable !== '' && mend[s.cable] !== undefined) return [{ key: `act.${mend[s.cable]}`, verb: mend[s.cable] }]
  return [
    ...['link_down', 'partition', 'mute', 'deaf'].map(verb => ({ key: `act.${verb}`, verb })),
    { key: 'act.slow', verb: 'set', options: { link: { rate: '10Mbit' } } },
    { key: 'act.far', verb: 'set', options: { link: { delay: '20ms' } } },
    { key: 'act.lossy', verb: 'set', options: { link: { loss: '10 %' } } },
  ]
}

export function HostMenu() {
  const menu = useRef<HTMLDivElement>(null)
  const m = menuFor.value
  useEffect(() => {
    menu.current?.querySelector<HTMLButtonElement>('button')?.focus({ preventScroll: true })
  }, [m?.target])
  if (m === undefined) return null
  const host = run.value?.cluster.value?.hosts.find(h => h.name === m.target)
  const state = clusterState.value[m.target]
  if (host === undefined || state === undefined) return null
  const close = (): void => {
    menuFor.value = undefined
    const from = m.cable === undefined ? `.host[data-host="${CSS.escape(m.target)}"]` : `[data-cable="${CSS.escape(m.cable)}"]`
    document.querySelector<SVGGElement>(`.stage ${from}`)?.focus()
  }
  const acts = m.cable === undefined ? actsFor(host, state) : actsForCable(state)
  return (
    <div
      ref={menu}
      class="host-menu"
      role="menu"
      aria-label={t('menu.label', { host: m.target })}
      style={{ '--x': `${m.x}px`, '--y': `${m.y}px` }}
      onKeyDown={e => keys(e, close)}
    >
      <p>
        <b>{m.cable === undefined ? m.target : t('cable.of', { host: m.cable })}</b> {t('menu.at', { time: instantText(readhead.value) })}
      </p>
      {m.cable === undefined && <Why host={m.target} />}
      {m.cable === undefined && (
        <button
          type="button"
          role="menuitem"
          class="look"
          onClick={() => {
            selection.value = { kind: 'host', name: m.target }
            panel.value = 'inside'
            menuFor.value = undefined
          }}
        >
          {t('menu.inside')}
        </button>
      )}
      {acts.map(a => (
        <button
          key={a.key}
          type="button"
          role="menuitem"
          onClick={() => {
            menuFor.value = undefined
            void breakIt(a.verb, a.verb === 'set' && m.cable?.includes('.') === true ? `${m.cable}→${lanOf(m.cable)}` : m.target, a.options)
          }}
        >
          {t(a.key as Key)}
        </button>
      ))}
    </div>
  )
}

/** The host's last change of state and its cause: the answer to what one sees on its card. */
function Why({ host }: { host: string }) {
  const trace = run.value?.trace
  const last = trace?.happenings
    .slice(0, trace.happeningAt(readhead.value + 1))
    .filter(h => h.host === host && (h.kind === 'state' || h.kind === 'fault'))
    .pop()
  if (last === undefined) return null
  return (
    <p class="why">
      <b>{whatText(last)}</b> {instantText(last.t)}
      <br />
      {causeText(last)}
    </p>
  )
}

/** The switch at the other end of an interface, `b1.eth1`. */
function lanOf(end: string): string {
  const [name, nic] = end.split('.')
  return (
    run
      .peek()
      ?.cluster.peek()
      ?.hosts.find(h => h.name === name)
      ?.interfaces.find(i => i.name === nic)?.lan ?? ''
  )
}

function keys(e: KeyboardEvent, close: () => void): void {
  const items = Array.from((e.currentTarget as Element).querySelectorAll<HTMLButtonElement>('button'))
  const at = items.indexOf(document.activeElement as HTMLButtonElement)
  const to: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }
  if (e.key === 'Escape' || e.key === 'Tab') close()
  else if (to[e.key] !== undefined) items[to[e.key] % items.length]?.focus()
  else return
  e.preventDefault()
  e.stopPropagation()
}
