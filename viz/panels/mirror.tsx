/** The stage as a list, for those who cannot see it: every host with its state, in words. */
import { t, type Key } from '../i18n/index.ts'
import { clusterState, run } from '../state/app.ts'
import { trouble } from '../stage/host-card.tsx'

export function Mirror() {
  const cluster = run.value?.cluster.value
  if (cluster === undefined) return null
  const state = clusterState.value
  return (
    <section class="visually-hidden" aria-label={t('mirror.label')}>
      <ul>
        {cluster.hosts.map(h => {
          const s = state[h.name]
          const wrong = trouble(s)
          return (
            <li key={h.name}>
              {h.name}, {t(`role.${h.role}` as Key)}
              {wrong === undefined ? '' : `, ${wrong}`}
              {h.instances.map(i => `, ${i.name} ${s?.instances[i.name]?.state ?? 'INIT'}`).join('')}
              {s !== undefined && s.vips.length > 0 ? `, ${t('stage.holds')} ${s.vips.join(', ')}` : ''}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
