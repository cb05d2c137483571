/** One packet in layers, hop by hop: what the director rewrote on the way (the MAC) and what it left alone (the IP). */
import { type Happening, packetsIn, type PacketView, type Trace } from '../../sim-core/index.ts'
import { duration, instantText, number, t, tn, type Key } from '../i18n/index.ts'
import { causeText } from '../i18n/happenings.ts'
import { selection } from '../state/app.ts'
import { WhyPanel } from './why-panel.tsx'

const JOURNEY_NS = 2e9

export function PacketDetails({ packet: p, trace }: { packet: PacketView; trace: Trace }) {
  const hops = journeyOf(trace, p)
  const lost = whyLost(trace, hops)
  return (
    <section class="packet-details" aria-label={t('packet.label')}>
      <header>
        <h2>{`${t(`look.${p.look}` as Key)} · ${instantText(p.startNs, 6)}`}</h2>
        <button
          type="button"
          class="quiet"
          aria-label={t('close')}
          onClick={() => {
            selection.value = undefined
          }}
        >
          ×
        </button>
      </header>
      <dl>
        <dt>IP</dt>
        <dd>{`${p.src} → ${p.dst}, TTL ${p.ttl}, ${tn('bytes', p.ipBytes)}`}</dd>
        {(p.kind === 'TCP' || p.kind === 'UDP') && (
          <>
            <dt>{p.kind}</dt>
            <dd>{`${p.srcPort} → ${p.dstPort}${p.flags === '' ? '' : `, ${p.flags}`}${p.kind === 'TCP' ? `, seq ${p.seq >>> 0}, ack ${p.ack >>> 0}` : ''}`}</dd>
          </>
        )}
        {p.kind === 'VRRP' && (
          <>
            <dt>VRRP</dt>
            <dd>{`VRID ${p.srcPort}, ${t('packet.priority')} ${p.dstPort}${p.dstPort === 0 ? ` (${t('packet.goodbye')})` : ''}`}</dd>
          </>
        )}
        {p.kind === 'ARP' && (
          <>
            <dt>ARP</dt>
            <dd>
              {p.info === 2
                ? t('packet.arpReply', { ip: p.src, mac: p.srcMac })
                : p.src === p.dst
                  ? t('packet.garp', { ip: p.src, mac: p.srcMac })
                  : t('packet.arpRequest', { ip: p.dst, from: p.src })}
            </dd>
          </>
        )}
        {p.waitNs > 0 && (
          <>
            <dt>{t('packet.waited')}</dt>
            <dd>{duration(p.waitNs)}</dd>
          </>
        )}
      </dl>
      <table>
        <caption>{t('packet.journey')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('packet.hop')}</th>
            <th scope="col">{t('packet.macFrom')}</th>
            <th scope="col">{t('packet.macTo')}</th>
            <th scope="col">IP</th>
          </tr>
        </thead>
        <tbody>
          {hops.map((h, i) => {
            const before = hops[i - 1]
            const changed = (a: string, b: string | undefined): string => (b !== undefined && a !== b ? 'changed' : '')
            return (
              <tr key={`${h.startNs} ${h.link} ${h.lost ?? ''}`} class={h.startNs === p.startNs && h.link === p.link ? 'here' : ''}>
                <th scope="row">
                  {h.lost === undefined ? `${h.from} → ${h.to}` : `${h.from}: ${h.lost}`}
                  <small>{`+${number((h.startNs - hops[0].startNs) / 1e3, 1)} ${t('unit.us')}`}</small>
                </th>
                <td class={changed(h.srcMac, before?.srcMac)}>{h.srcMac}</td>
                <td class={changed(h.dstMac, before?.dstMac)}>{h.dstMac}</td>
                <td class={changed(`${h.src}${h.dst}`, before && `${before.src}${before.dst}`)}>{`${h.src} → ${h.dst}`}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {lost !== undefined && <WhyPanel cause={lost.cause} text={causeText(lost)} />}
    </section>
  )
}

function journeyOf(trace: Trace, p: PacketView): PacketView[] {
  return packetsIn(trace, p.startNs - JOURNEY_NS, p.startNs + JOURNEY_NS, 32, (c, row) => c.serial[row] === p.serial)
}

/** What the story said when packets began to be lost there for this reason. */
function whyLost(trace: Trace, hops: readonly PacketView[]): Happening | undefined {
  const hop = hops.find(h => h.lostBy !== undefined)
  if (hop === undefined) return undefined
  const place = hop.link < 0 ? hop.from : `${hop.from}→${hop.to}`
  for (let i = trace.happeningAt(hop.startNs + 1) - 1; i >= 0; i--) {
    const h = trace.happenings[i]
    if (h.cause?.rule === hop.lostBy && (h.fields['place'] ?? h.host) === place) return h
  }
  return undefined
}
