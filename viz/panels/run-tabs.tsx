/** The runs that there are (A, B …): show one, compare with another. Only there when there is more than one. */
import { t } from '../i18n/index.ts'
import { compared, run, runs, showRun } from '../state/app.ts'

export function RunTabs() {
  if (runs.value.length < 2) return null
  return (
    <div class="run-tabs" role="group" aria-label={t('runs.label')}>
      {runs.value.map(r => (
        <button
          key={r.number}
          type="button"
          aria-pressed={r === run.value}
          title={t('runs.show', { label: r.label })}
          onClick={() => showRun(r)}
        >
          {r.label}
        </button>
      ))}
      <label>
        <input
          type="checkbox"
          checked={compared.value !== undefined}
          onInput={e => {
            compared.value = e.currentTarget.checked ? runs.value.find(r => r !== run.value) : undefined
          }}
        />
        {t('runs.compare')}
      </label>
    </div>
  )
}
