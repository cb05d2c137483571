/** Who holds each VIP when, as bands on the charts' time axis; of the compared run too. A band left empty: nobody does. */
import { useRef } from 'preact/hooks'
import { scaleLinear } from 'd3'
import { instantText, t } from '../i18n/index.ts'
import { compared } from '../state/app.ts'
import { readhead, seek } from '../state/clock.ts'
import { ownershipOf } from '../state/ownership.ts'
import type { Run } from '../state/run.ts'
import { hostColour } from '../stage/colours.ts'
import { useSize } from '../stage/use-size.ts'
import { zoomed } from './charts.tsx'

const ROW = 20
/** As the other charts have it, px. */
const LEFT = 46
const RIGHT = 10
const LABEL_FROM = 30
const VIPS_MAX = 16

export function OwnershipChart({ run: r }: { run: Run }) {
  const box = useRef<HTMLDivElement>(null)
  const { width } = useSize(box)
  r.revision.value
  const rows = [r, ...(compared.value === undefined ? [] : [compared.value])].flatMap(one =>
    ownershipOf(one)
      .slice(0, VIPS_MAX)
      .map(o => ({ ...o, label: compared.value === undefined ? o.vip : `${one.label}: ${o.vip}`, run: one })),
  )
  const [from, to] = zoomed.value ?? [0, r.durationNs]
  const x = scaleLinear([from, Math.max(from + 1, to)], [LEFT, Math.max(LEFT + 1, width - RIGHT)]).clamp(true)
  return (
    <figure class="chart ownership" ref={box} hidden={rows.length === 0}>
      <figcaption>{t('chart.owners')}</figcaption>
      {width > 0 && rows.length > 0 && (
        <svg width={width} height={rows.length * ROW + 4} role="img" aria-label={spoken(rows)}>
          {rows.map((row, i) => (
            <g key={row.label} transform={`translate(0 ${i * ROW})`}>
              <text x={LEFT - 6} y="13">
                {row.vip.replace(/^.*(\.\d+)$/, compared.value === undefined ? '$1' : `${row.run.label} $1`)}
              </text>
              <rect class="unheld" x={LEFT} width={Math.max(0, x(row.run.untilNs) - LEFT)} height={ROW - 4} rx="2" />
              {row.owners.map(o => {
                const [a, b] = [x(o.fromNs), x(Math.min(o.toNs, row.run.untilNs))]
                return (
                  // biome-ignore lint/a11y/noStaticElementInteractions: the story has the same instants as buttons
                  <g key={`${o.host} ${o.fromNs}`} onClick={() => seek(o.fromNs)}>
                    <rect x={a} width={Math.max(0, b - a)} height={ROW - 4} rx="2" style={{ fill: hostColour(o.host) }}>
                      <title>{`${row.label}: ${o.host}, ${instantText(o.fromNs)}`}</title>
                    </rect>
                    {b - a > LABEL_FROM && (
                      <text class="owner" x={a + 5} y="12">
                        {o.host}
                      </text>
                    )}
                  </g>
                )
              })}
            </g>
          ))}
          <line class="now" x1={x(readhead.value)} x2={x(readhead.value)} y1="0" y2={rows.length * ROW} />
        </svg>
      )}
    </figure>
  )
}

function spoken(
  rows: readonly { readonly label: string; readonly owners: readonly { readonly host: string; readonly fromNs: number }[] }[],
) {
  return rows.map(r => `${r.label}: ${r.owners.map(o => `${o.host} ${instantText(o.fromNs)}`).join(', ')}`).join('; ')
}
