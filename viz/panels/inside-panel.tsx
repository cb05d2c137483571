/** Inside a host: what the real tools would print on it at the playhead, and the connections as every side sees them. */
import { useEffect } from 'preact/hooks'
import { signal } from '@preact/signals'
import { instantText, t, type Key } from '../i18n/index.ts'
import { clusterState, run, selection } from '../state/app.ts'
import { looked, watchers } from '../state/inside.ts'
import { readhead } from '../state/clock.ts'
import { Connections } from './connections.tsx'

const tool = signal('ipvsadm -Ln')

export function InsidePanel() {
  useEffect(() => {
    watchers.value++
    return () => {
      watchers.value--
    }
  }, [])
  const cluster = run.value?.cluster.value
  if (cluster === undefined) return null
  const hosts: readonly { name: string; role?: string }[] = [...cluster.hosts, ...cluster.lans.map(name => ({ name }))]
  const picked = selection.value?.kind === 'host' ? selection.value.name : undefined
  const host = hosts.some(h => h.name === picked) ? picked : (hosts.find(h => h.role === 'director')?.name ?? hosts[0]?.name)
  if (host === undefined) return null
  const printed = looked.value?.run === run.value ? (looked.value?.inside.printed[host] ?? {}) : {}
  const isSwitch = cluster.lans.includes(host)
  const tools = [...Object.keys(printed), ...(isSwitch ? [] : [LOG, CONNECTIONS])]
  const shown = tools.includes(tool.value) ? tool.value : (tools[0] ?? LOG)
  return (
    <div class="panel-body inside">
      <div class="picker" role="group" aria-label={t('inside.host')}>
        {hosts.map(h => (
          <button
            key={h.name}
            type="button"
            aria-pressed={h.name === host}
            onClick={() => {
              selection.value = { kind: 'host', name: h.name }
            }}
          >
            {h.name}
          </button>
        ))}
      </div>
      <div class="picker tools" role="group" aria-label={t('inside.tool')}>
        {tools.map(name => (
          <button
            key={name}
            type="button"
            aria-pressed={name === shown}
            class={name === CONNECTIONS ? '' : 'mono'}
            onClick={() => {
              tool.value = name
            }}
          >
            {name === CONNECTIONS ? t('inside.connections') : name === LOG ? t('inside.log') : name}
          </button>
        ))}
      </div>
      {shown === CONNECTIONS ? (
        <Connections />
      ) : (
        <Terminal
          host={host}
          command={shown}
          text={clusterState.value[host]?.up === false ? t('inside.off') : shown === LOG ? logOf(host) : (printed[shown] ?? '')}
        />
      )}
    </div>
  )
}

const LOG = 'log'
const CONNECTIONS = 'connections'
const LOG_LINES = 200

function Terminal({ host, command, text }: { host: string; command: string; text: string }) {
  const at = looked.value?.t ?? 0
  return (
    <figure class="terminal">
      <figcaption>
        <span class="prompt">{host}#</span> {command === LOG ? 'journalctl -u keepalived' : command}
        <span class="at">{instantText(command === LOG ? readhead.value : at)}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse */}
      <pre tabIndex={0} class="scrolls">
        {text === '' ? t('inside.empty' as Key) : text}
      </pre>
    </figure>
  )
}

/** keepalived's own lines of this host until now. */
function logOf(host: string): string {
  const trace = run.value?.trace
  if (trace === undefined) return ''
  const lines: string[] = []
  for (let i = trace.happeningAt(readhead.value + 1) - 1; i >= 0 && lines.length < LOG_LINES; i--) {
    const h = trace.happenings[i]
    if (h.host === host && h.kind === 'log') lines.push(`${(h.t / 1e9).toFixed(6).padStart(12)}  ${h.what}`)
  }
  return lines.reverse().join('\n')
}
