/** What came out: each window's verdict, each expectation; beside those of the run it is compared with. */
import { answerText, takeoverText } from '../i18n/happenings.ts'
import { number, percent, t, tn, type Key } from '../i18n/index.ts'
import { compared, run } from '../state/app.ts'
import type { Run } from '../state/run.ts'
import type { PageWindow } from '../worker/protocol.ts'

const ICONS: Readonly<Record<string, string>> = { HOLDS: '✓', DEGRADED: '▲', OUTAGE: '✕' }

export function Verdict() {
  const r = run.value
  if (r === undefined) return null
  const other = compared.value
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section class="panel-body verdict scrolls" tabIndex={0} aria-label={t('panel.verdict')}>
      <Column run={r} title={other === undefined ? undefined : t('runs.run', { label: r.label })} />
      {other !== undefined && <Column run={other} title={t('runs.run', { label: other.label })} />}
    </section>
  )
}

function Column({ run: r, title }: { run: Run; title: string | undefined }) {
  const s = r.summary.value
  return (
    <section>
      {title !== undefined && <h2>{title}</h2>}
      {r.problems.value.length > 0 && <Problems run={r} />}
      {s === undefined ? (
        <p class="empty">{r.problems.value.some(p => p.severity === 'error') ? t('verdict.refused') : t('verdict.wait')}</p>
      ) : (
        <>
          <div class={`answer ${s.answer.verdict.toLowerCase()}`}>
            <span class="badge">
              <span aria-hidden="true">{ICONS[s.answer.verdict]}</span> {t(`verdict.${s.answer.verdict}` as Key)}
            </span>
            {s.answer.text.map(line => (
              <p key={line}>{answerText(line)}</p>
            ))}
          </div>
          {s.windows.map(w => (
            <Window key={w.name} w={w} />
          ))}
          {s.takeovers.some(w => w.lost.length > 0) && <h2 class="expectations-title">{t('verdict.takeovers')}</h2>}
          {s.takeovers
            .filter(w => w.lost.length > 0)
            .map(w => (
              <div key={w.fromNs} class="window degraded">
                <b>{takeoverText(w.what)}</b>
                <small>{`${number(w.fromNs / 1e9, 2)}–${number(w.toNs / 1e9, 2)} ${t('unit.s')}`}</small>
                <p>{w.lost.map(l => t('verdict.lostOf', { traffic: l.traffic, n: l.lost, loss: percent(l.loss, 1) })).join(' ')}</p>
              </div>
            ))}
          {s.verdicts.length > 0 && <h2 class="expectations-title">{t('verdict.expectations')}</h2>}
          <ul class="expectations">
            {s.verdicts.map(v => (
              <li key={v.text} class={v.ok ? 'ok' : 'failed'}>
                <span aria-hidden="true">{v.ok ? '✓' : '✕'}</span>
                <div>
                  <span class="visually-hidden">{v.ok ? t('verdict.held') : t('verdict.failed')}</span>
                  {v.text}
                  <small>{t('verdict.observed', { what: answerText(v.observed) })}</small>
                </div>
              </li>
            ))}
          </ul>
          <p class="digest">
            {t('verdict.digest')} <code>{s.digest}</code> · {tn('packetHops', s.packetHops)} ·{' '}
            {t('verdict.took', { s: number(s.wallS, 1) })}
          </p>
        </>
      )}
    </section>
  )
}

function Window({ w }: { w: PageWindow }) {
  const worst = w.links[0]
  return (
    <div class={`window ${w.verdict.toLowerCase()}`}>
      <span class="badge">
        <span aria-hidden="true">{ICONS[w.verdict]}</span> {t(`verdict.${w.verdict}` as Key)}
      </span>
      <b>{w.name === 'run' ? t('verdict.run') : w.name}</b>
      <small>{`${number(w.fromNs / 1e9, 2)}–${number(w.toNs / 1e9, 2)} ${t('unit.s')}`}</small>
      <p>
        {worst !== undefined && worst.offered > 0.005 && t('verdict.busiest', { link: worst.link, load: percent(worst.offered, 1) })}
        {w.loss.filter(l => l.loss > 0).map(l => ` ${t('verdict.lost', { traffic: l.traffic, loss: percent(l.loss, 2) })}`)}
      </p>
    </div>
  )
}

export function Problems({ run: r }: { run: Run }) {
  return (
    <ul class="problems">
      {r.problems.value.map(p => (
        <li key={`${p.at.file}:${p.at.line}:${p.at.column} ${p.code}`} class={p.severity}>
          <code>{`${p.at.file}:${p.at.line}:${p.at.column}`}</code> {p.message}
          {p.remedy !== undefined && <small>{p.remedy}</small>}
        </li>
      ))}
    </ul>
  )
}
