/** Cables as pairs of thin lanes, cut where they are cut, and the switches between them. */
import type { ClusterState } from '../../sim-core/index.ts'
import { t, word } from '../i18n/index.ts'
import { menuFor, panel, selection } from '../state/app.ts'
import type { Box, Lane, Layout } from './layout.ts'

export function Cables({ layout, state }: { layout: Layout; state: ClusterState }) {
  const cables: { a: Lane; b: Lane; link: number }[] = []
  for (let l = 0; l + 1 < layout.lanes.length; l += 2)
    if (layout.lanes[l].length > 0) cables.push({ a: layout.lanes[l], b: layout.lanes[l + 1], link: l })
  return (
    <g>
      {cables.map(({ a, b, link }) => {
        const host = state[a.from.split('.')[0]]
        const cut = host !== undefined && (host.cable !== '' || !host.up)
        return (
          <g
            key={link}
            class={cut ? 'cable cut' : 'cable'}
            role="button"
            tabindex={0}
            data-cable={a.from}
            aria-haspopup="menu"
            aria-label={t('cable.label', { a: a.from, b: a.to })}
            onClick={e => open(e, a.from)}
            onKeyDown={e => {
              if (e.key !== 'Enter' && e.key !== ' ') return
              e.preventDefault()
              e.stopPropagation()
              open(e, a.from)
            }}
          >
            <line class="reach" x1={a.x1} y1={a.y1} x2={a.x2} y2={a.y2} />
            <line x1={a.x1} y1={a.y1} x2={a.x2} y2={a.y2} />
            <line x1={b.x1} y1={b.y1} x2={b.x2} y2={b.y2} />
            {host !== undefined && host.cable !== '' && (
              <text class="cut-mark" x={(a.x1 + a.x2) / 2} y={(a.y1 + a.y2) / 2}>
                ✂ {word(`cable.${host.cable}`, host.cable)}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}

/** The menu hangs under the middle of the cable. */
function open(e: Event, from: string): void {
  e.stopPropagation()
  const box = (e.currentTarget as Element).getBoundingClientRect()
  const stage = (e.currentTarget as Element).closest('.stage')?.getBoundingClientRect()
  menuFor.value = {
    target: from.split('.')[0],
    cable: from,
    x: box.left + box.width / 2 - (stage?.left ?? 0),
    y: box.top + box.height / 2 - (stage?.top ?? 0),
  }
}

export function Hub({ hub }: { hub: Box & { name: string } }) {
  const chosen = selection.value?.kind === 'host' && selection.value.name === hub.name
  const look = (): void => {
    selection.value = { kind: 'host', name: hub.name }
    panel.value = 'inside'
    menuFor.value = undefined
  }
  return (
    <g
      class={chosen ? 'hub chosen' : 'hub'}
      transform={`translate(${hub.x} ${hub.y})`}
      role="button"
      tabindex={0}
      aria-label={hub.name}
      onClick={look}
      onKeyDown={e => {
        if (e.key !== 'Enter' && e.key !== ' ') return
        e.preventDefault()
        e.stopPropagation()
        look()
      }}
    >
      <rect x={-hub.width / 2} y={-hub.height / 2} width={hub.width} height={hub.height} rx="9" />
      <g class="ports" transform={`translate(${-hub.width / 2 + 12} ${hub.height / 2 - 10})`}>
        {[0, 1, 2, 3, 4, 5, 6, 7].map(i => (
          <rect key={i} x={i * 10.5} y="0" width="6.5" height="4" rx="1" />
        ))}
      </g>
      <text y="-3">{hub.name}</text>
    </g>
  )
}
