/**
 * How many VIPs, and in which order: sliders for the cluster, a bar for each number of VIPs (the worst link after the
 * losses), the plan behind the chosen bar. A click on a bar runs that plan on the stage.
 */
import { useEffect } from 'preact/hooks'
import { number, percent, t, type Key } from '../i18n/index.ts'
import type { ChosenForPage, PlanAnswered } from '../worker/plan-desk.ts'
import { Bars } from './bars.tsx'
import { answered, planners, prove, proving, type Question, question, runPlan, trafficBps } from './question.ts'

const LINKS_BPS = [1e8, 1e9, 2.5e9, 1e10, 2.5e10, 4e10, 1e11]
const BALANCERS_MAX = 12
const LOSSES_MAX = 3

export const rateText = (bps: number): string =>
  bps >= 1e9 ? `${number(bps / 1e9, 3)} ${t('unit.gbit')}` : `${number(bps / 1e6, 1)} ${t('unit.mbit')}`

export function Planner() {
  useEffect(() => {
    planners.value++
    return () => {
      planners.value--
    }
  }, [])
  const q = question.value
  const a = answered.value
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section class="panel-body planner scrolls" tabIndex={0} aria-label={t('panel.plan')}>
      <div class="sliders">
        <Slider name="balancers" value={q.balancers} min={2} max={BALANCERS_MAX} text={number(q.balancers)} set={setBalancers} />
        <Slider
          name="link"
          value={LINKS_BPS.indexOf(q.linkBps)}
          min={0}
          max={LINKS_BPS.length - 1}
          text={rateText(q.linkBps)}
          set={i => change({ linkBps: LINKS_BPS[i] })}
        />
        <Slider
          name="traffic"
          value={Math.round(q.filled * 100)}
          min={5}
          max={100}
          text={rateText(trafficBps(q))}
          set={v => change({ filled: v / 100 })}
        />
        <Slider
          name="losses"
          value={q.survive}
          min={0}
          max={Math.min(LOSSES_MAX, q.balancers - 1)}
          text={number(q.survive)}
          set={setLosses}
        />
        {a !== undefined && a.points.length > 0 && (
          <Slider
            name="vips"
            value={q.vips ?? a.chosen?.vips ?? 1}
            min={1}
            max={a.points.length}
            text={number(q.vips ?? a.chosen?.vips ?? 1)}
            set={vips => change({ vips }, true)}
          />
        )}
      </div>
      {a !== undefined && <Answer a={a} q={q} />}
    </section>
  )
}

/** Another cluster has another best number of VIPs; only the VIPs' own slider keeps it. */
function change(to: Partial<Question>, keep = false): void {
  const { vips, ...rest } = question.peek()
  question.value = { ...rest, ...(keep && vips !== undefined ? { vips } : {}), ...to }
}
const setLosses = (survive: number): void => change({ survive })
function setBalancers(balancers: number): void {
  change({ balancers, survive: Math.min(question.peek().survive, balancers - 1) })
}

interface SliderProps {
  readonly name: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly text: string
  readonly set: (value: number) => void
}

function Slider({ name, value, min, max, text, set }: SliderProps) {
  return (
    <label>
      <span>{t(`plan.${name}` as Key)}</span>
      <input
        type="range"
        min={min}
        max={max}
        step="1"
        value={value}
        aria-valuetext={text}
        onInput={e => set(Number(e.currentTarget.value))}
      />
      <output>{text}</output>
    </label>
  )
}

function Answer({ a, q }: { a: PlanAnswered; q: Question }) {
  const wrong = a.problems.filter(p => p.severity === 'error')
  if (wrong.length > 0) return <p class="empty">{wrong.map(p => `${p.message}. ${p.remedy ?? ''}`).join(' ')}</p>
  return (
    <>
      <p class="said" aria-live="polite">
        {a.fewestThatFit === undefined
          ? t('plan.noneFits')
          : t('plan.says', { fewest: number(a.fewestThatFit), recommended: number(a.recommended ?? a.fewestThatFit) })}
        {a.fewestEven !== undefined && ` ${t('plan.even', { n: number(a.fewestEven) })}`}
      </p>
      <Bars a={a} />
      <p class="hint">
        {t('plan.bound', { n: number(q.balancers), k: number(q.survive) })} <code>⌈V/(n−k)⌉/V</code>
      </p>
      {a.chosen !== undefined && <Chosen c={a.chosen} />}
    </>
  )
}

/** As the stage colours them: by place. */
const COLOURS = 6
const colourAt = (place: number): string => `var(--host-${(place % COLOURS) + 1})`

function Chosen({ c }: { c: ChosenForPage }) {
  const names = (c.matrix[0]?.loads ?? []).map(l => l.host)
  const worst = Math.max(
    ...c.matrix.slice(1).flatMap(r => r.loads.map(l => l.utilisation)),
    ...(c.matrix[0]?.loads ?? []).map(l => l.utilisation),
  )
  return (
    <section class="chosen">
      <div class="row">
        <h2>{t('plan.chosen', { n: number(c.vips) })}</h2>
        <button type="button" class="primary" onClick={() => void runPlan(c.vips)}>
          {t('plan.run')}
        </button>
      </div>
      {c.slower > 1 && <p class="hint">{t('plan.slower', { n: number(c.slower) })}</p>}
      <table>
        <caption>{t('plan.orders')}</caption>
        <tbody>
          {c.orders.map(o => (
            <tr key={o.vip}>
              <th scope="row">{o.vip}</th>
              <td>
                {o.hosts.map((h, i) => (
                  <span key={h} class={i === 0 ? 'first' : ''} style={{ color: colourAt(names.indexOf(h)) }}>
                    {i > 0 ? ' › ' : ''}
                    {h}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <table class="matrix">
        <caption>{t('plan.matrix')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('plan.lost')}</th>
            {c.matrix[0]?.loads.map(l => (
              <th key={l.host} scope="col">
                {l.host}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {c.matrix.map(row => (
            <tr key={row.lost.join()}>
              <th scope="row">{row.lost.length === 0 ? t('plan.nobody') : row.lost.join(', ')}</th>
              {row.loads.map(l => (
                <td key={l.host} class={l.utilisation > 1 + 1e-9 ? 'over' : l.utilisation > worst - 1e-9 ? 'worst' : ''}>
                  {row.lost.includes(l.host) ? '—' : percent(l.utilisation, 1)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">
        {c.proof.optimal
          ? t('plan.proven', { by: c.proof.by === 'solver' ? 'HiGHS' : t('plan.theBound') })
          : t('plan.notProven', { least: percent(c.proof.atLeast, 1) })}{' '}
        {!c.proof.optimal && (
          <button type="button" disabled={proving.value} onClick={prove}>
            {proving.value ? t('plan.proving') : t('plan.prove')}
          </button>
        )}
      </p>
    </section>
  )
}
