/** One connection, three truths: what the client, the director and the real server each think of it at the playhead. */
import { t } from '../i18n/index.ts'
import { looked } from '../state/inside.ts'

const SHOWN = 60

export function Connections() {
  const connections = looked.value?.inside.connections ?? []
  if (connections.length === 0) return <p class="empty">{t('connections.none')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section class="scrolls table-box" tabIndex={0} aria-label={t('inside.connections')}>
      <table class="connections">
        <thead>
          <tr>
            <th scope="col">{t('connections.which')}</th>
            <th scope="col">{t('role.client')}</th>
            <th scope="col">{t('role.director')}</th>
            <th scope="col">{t('role.server')}</th>
          </tr>
        </thead>
        <tbody>
          {connections.slice(0, SHOWN).map(c => (
            <tr key={c.id}>
              <th scope="row">{c.id}</th>
              <td>{c.client?.state ?? '—'}</td>
              <td>
                {c.directors.map(d => (
                  <div key={d.host}>
                    <b>{d.host}</b> {d.state} <small>{`${d.expires} ${t('unit.s')}, ${d.counted}`}</small>
                  </div>
                ))}
                {c.directors.length === 0 && '—'}
              </td>
              <td>{c.server === undefined ? '—' : `${c.server.host} ${c.server.state}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
