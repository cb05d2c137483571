/** The packets around the playhead, filtered by words, and the one that is selected with all its layers. */
import { signal } from '@preact/signals'
import { lookOf, packetsIn, packetView, type PacketView, LOOKS, type Trace } from '../../sim-core/index.ts'
import { GlyphMark } from '../stage/legend.tsx'
import { number, t, type Key } from '../i18n/index.ts'
import { looks, run, selection } from '../state/app.ts'
import { actualSpeed, play, readhead, seek } from '../state/clock.ts'
import { Ladder } from './ladder.tsx'
import { PacketDetails } from './packet-details.tsx'

const filter = signal('')
const ROWS = 120

export function Packets() {
  const r = run.value
  const at = readhead.value
  const trace = r?.traceAt(at, 0)
  if (trace === undefined) return null
  const s = selection.value
  const chosen = s?.kind === 'packet' ? packetView(s.trace, s.place, s.row, s.lost) : undefined
  const rows = around(trace, at)
  const words = filter.value.trim().toLowerCase()
  const shown = words === '' ? rows : rows.filter(p => textOf(p).toLowerCase().includes(words))
  return (
    <div class="panel-body packets">
      {chosen !== undefined && (
        <>
          <PacketDetails packet={chosen} trace={s?.kind === 'packet' ? s.trace : trace} />
          <Ladder packet={chosen} trace={s?.kind === 'packet' ? s.trace : trace} />
        </>
      )}
      <input
        type="search"
        placeholder={t('packets.filter')}
        aria-label={t('packets.filter')}
        value={filter.value}
        onInput={e => {
          filter.value = e.currentTarget.value
        }}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse */}
      <section class="scrolls table-box" tabIndex={0} aria-label={t('panel.packets')}>
        <table class="packet-list">
          <tbody>
            {shown.slice(0, ROWS).map(p => (
              <tr key={`${p.startNs} ${p.serial} ${p.hop} ${p.link} ${p.lost ?? ''}`} class={chosen?.serial === p.serial ? 'chosen' : ''}>
                <td class="when">{number((p.startNs - at) / 1e3, 1)}</td>
                <td>
                  <button type="button" onClick={() => choose(trace, p)}>
                    <GlyphMark look={LOOKS.indexOf(p.look)} /> {t(`look.${p.look}` as Key)}
                  </button>
                </td>
                <td>{p.lost === undefined ? `${p.from} → ${p.to}` : `${p.from}: ${p.lost}`}</td>
                <td class="mono">{`${p.src}${p.srcPort ? `:${p.srcPort}` : ''} → ${p.dst}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p class="empty">{t('packets.none')}</p>}
      </section>
    </div>
  )
}

/** From a little before the playhead to a little after, as wide as a second of ours is at this speed. */
function around(trace: Trace, at: number): PacketView[] {
  const wide = Math.max(2e5, actualSpeed.peek() * 1e9)
  const shown = looks.value
  return packetsIn(trace, at - wide * 0.25, at + wide * 0.75, ROWS, (c, row) => (shown & (1 << lookOf(c, row))) !== 0)
}

const textOf = (p: PacketView): string =>
  [p.look, p.kind, p.flags, p.from, p.to, p.src, p.srcPort, p.dst, p.dstPort, p.lost ?? '', p.traffic ?? ''].join(' ')

function choose(trace: Trace, p: PacketView): void {
  play(false)
  if (p.lost === undefined) {
    const row = trace.flights[p.link].countUntil(p.startNs, true) - 1
    selection.value = { kind: 'packet', trace, place: p.link, row: rowOf(trace, p, row), lost: false }
  }
  seek(p.startNs)
}

/** Several frames may begin at one instant on a place; the serial tells them apart. */
function rowOf(trace: Trace, p: PacketView, last: number): number {
  const list = trace.flights[p.link]
  for (let n = last; n >= 0; n--) {
    const { columns, row } = list.at(n)
    if (columns.start[row] !== p.startNs) break
    if (columns.serial[row] === p.serial) return n
  }
  return Math.max(0, last)
}
