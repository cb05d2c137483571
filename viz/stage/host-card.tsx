/**
 * A host: what it is, its address, and for a director each VRRP instance with its state in word, icon and colour and
 * a ring that runs with its timer (timers.ts): a MASTER's next advert, a BACKUP's patience.
 */
import type { HostState, InstanceState } from '../../sim-core/index.ts'
import { t, type Key, word } from '../i18n/index.ts'
import { menuFor, selection } from '../state/app.ts'
import { INSTANCE_HEIGHT, INSTANCES_SHOWN, type PlacedHost } from './layout.ts'

const ICONS: Readonly<Record<string, string>> = {
  client: 'M-8-6H8V4H-8ZM-11 7H11',
  director: 'M-9 0H-2M-2 0L7-6M-2 0H7M-2 0L7 6',
  server: 'M-8-7H8V-1H-8ZM-8 1H8V7H-8ZM-5-4H-4M-5 4H-4',
  host: 'M-8-6H8V6H-8Z',
}
export const STATE_ICON: Readonly<Record<string, string>> = { MASTER: '★', BACKUP: '◷', FAULT: '!', STOP: '■', INIT: '…' }

export function HostCard({ placed, state, index }: { placed: PlacedHost; state: HostState | undefined; index: number }) {
  const { host, x, y, width, height } = placed
  const down = state !== undefined && !state.up
  const chosen = selection.value?.kind === 'host' && selection.value.name === host.name
  const open = (e: Event): void => {
    const box = (e.currentTarget as Element).getBoundingClientRect()
    const stage = (e.currentTarget as Element).closest('.stage')?.getBoundingClientRect()
    selection.value = { kind: 'host', name: host.name }
    menuFor.value = { target: host.name, x: box.left + box.width / 2 - (stage?.left ?? 0), y: box.bottom - (stage?.top ?? 0) }
  }
  const classes = ['host', host.role, down ? 'down' : '', state?.frozen ? 'frozen' : '', chosen ? 'chosen' : '']
  return (
    <g
      class={classes.join(' ')}
      transform={`translate(${x} ${y})`}
      role="button"
      tabindex={0}
      data-host={host.name}
      aria-haspopup="menu"
      aria-keyshortcuts={index < 9 ? String(index + 1) : undefined}
      aria-label={spoken(placed, state)}
      onClick={e => {
        e.stopPropagation()
        open(e)
      }}
      onKeyDown={e => {
        if (e.key === 'Enter' || e.key === ' ') {
          e.preventDefault()
          e.stopPropagation()
          open(e)
        }
      }}
    >
      <rect class="card" x={-width / 2} y={-height / 2} width={width} height={height} rx="9" />
      {!(placed.small || (width < 112 && host.role !== 'director')) && (
        <g
          class="icon"
          transform={`translate(${-width / 2 + 17} ${host.role !== 'director' && height < 40 ? 0 : -height / 2 + 18}) scale(.82)`}
        >
          <path d={ICONS[host.role]} />
        </g>
      )}
      <text
        class="name"
        x={-width / 2 + (placed.small || (width < 112 && host.role !== 'director') ? 9 : 31)}
        y={host.role !== 'director' && height < 40 ? 5 : -height / 2 + (host.role === 'director' ? 22 : 18)}
      >
        {host.name}
      </text>
      <Address placed={placed} />
      {trouble(state) !== undefined && (
        <text class="trouble" x={0} y={height / 2 + 14}>
          {trouble(state)}
        </text>
      )}
      <Instances placed={placed} state={state} />
    </g>
  )
}

/** Width of a letter of an address, px. */
const ADDRESS_LETTER = 6.65

function Address({ placed: { host, width, height, small } }: { placed: PlacedHost }) {
  const address = host.interfaces[0]?.address ?? ''
  if (host.role === 'director')
    return small ? null : (
      <text class="address right" x={width / 2 - 9} y={-height / 2 + 22}>
        {address.replace(/^.*(\.\d+)$/, '$1')}
      </text>
    )
  const from = small || address.length * ADDRESS_LETTER + 38 > width ? 9 : 31
  return height < 40 || from + address.length * ADDRESS_LETTER > width - 3 ? null : (
    <text class="address" x={-width / 2 + from} y={-height / 2 + 33}>
      {address}
    </text>
  )
}

function Instances({ placed, state }: { placed: PlacedHost; state: HostState | undefined }) {
  const { host, width, height } = placed
  if (host.instances.length === 0 || state === undefined) return null
  const shown = host.instances.slice(0, host.instances.length > INSTANCES_SHOWN ? INSTANCES_SHOWN - 1 : INSTANCES_SHOWN)
  const top = -height / 2 + 32
  return (
    <g class="instances">
      {shown.map((i, n) => {
        const s = state.instances[i.name]
        const what = s?.state ?? 'INIT'
        return (
          <g key={i.name} class={`instance ${what.toLowerCase()}`} transform={`translate(${-width / 2 + 8} ${top + n * INSTANCE_HEIGHT})`}>
            <rect class="pill" x="0" y="1" width={width - 16} height={INSTANCE_HEIGHT - 3} rx="8" />
            <circle class="ring-back" cx="9" cy="9" r="5.5" />
            <circle class="ring" cx="9" cy="9" r="5.5" pathLength="1" data-host={host.name} data-instance={i.name} />
            <text class="instance-name" x="20" y="13">
              {fitted(i.name, width - 58)}
            </text>
            <text class="instance-state" x={width - 23} y="13">
              {stateText(what, width, i.name)}
            </text>
          </g>
        )
      })}
      {host.instances.length > shown.length && (
        <text class="more" x={-width / 2 + 28} y={top + shown.length * INSTANCE_HEIGHT + 13}>
          {count(host.instances.slice(shown.length).map(i => state.instances[i.name]))}
        </text>
      )}
    </g>
  )
}

/** Width of a letter of an instance's name, px. */
const NAME_LETTER = 6.8

/** A name that is longer than its room loses its middle: names of instances differ at the end. */
function fitted(name: string, room: number): string {
  const letters = Math.max(4, Math.floor(room / NAME_LETTER))
  return name.length <= letters ? name : `${name.slice(0, letters - 3)}…${name.slice(-2)}`
}

/** With the word where there is room for it beside the instance's name; the icon alone is different for each state too. */
function stateText(what: string, width: number, name: string): string {
  const icon = STATE_ICON[what]
  return width - 46 - name.length * NAME_LETTER > (what.length + 2) * 7.4 ? `${icon} ${what}` : icon
}

function count(instances: readonly (InstanceState | undefined)[]): string {
  const masters = instances.filter(i => i?.state === 'MASTER').length
  return `+ ${masters} ${STATE_ICON['MASTER']} ${instances.length - masters} ${STATE_ICON['BACKUP']}`
}

export function trouble(state: HostState | undefined): string | undefined {
  if (state === undefined) return undefined
  if (!state.up) return t('host.down')
  if (state.frozen) return t('host.frozen')
  if (state.process === 'stopped' || state.process === 'killed') return t(`host.${state.process}` as Key)
  if (state.service !== '') return word(`service.${state.service}`, state.service)
  return undefined
}

function spoken({ host }: PlacedHost, state: HostState | undefined): string {
  const parts = [host.name, t(`role.${host.role}` as Key), host.interfaces[0]?.address ?? '']
  const wrong = trouble(state)
  if (wrong !== undefined) parts.push(wrong)
  for (const i of host.instances) parts.push(`${i.name} ${state?.instances[i.name]?.state ?? 'INIT'}`)
  if (state !== undefined && state.vips.length > 0) parts.push(`${t('stage.holds')} ${state.vips.join(', ')}`)
  return parts.filter(p => p !== '').join(', ')
}
