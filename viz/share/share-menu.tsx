/** Everything that leaves the page, at the user's hand: a link, pictures, data, the packets as pcapng. */
import { t, type Key } from '../i18n/index.ts'
import { notice, run } from '../state/app.ts'
import { linkToHere } from '../state/address.ts'

const EXPORTS = ['link', 'html', 'png', 'svg', 'json', 'csv', 'pcapng', 'trace'] as const

export function ShareMenu() {
  return (
    <details
      class="share"
      onToggle={e => {
        if (e.currentTarget.open) e.currentTarget.querySelector<HTMLButtonElement>('button')?.focus()
      }}
      onKeyDown={e => {
        if (e.key !== 'Escape') return
        e.stopPropagation()
        e.currentTarget.open = false
        e.currentTarget.querySelector<HTMLElement>('summary')?.focus()
      }}
    >
      <summary>{t('share.title')}</summary>
      <div class="sheet">
        {EXPORTS.map(what => (
          <button
            key={what}
            type="button"
            onClick={e => {
              const sheet = e.currentTarget.closest('details')
              if (sheet !== null) sheet.open = false
              void share(what)
            }}
          >
            {t(`share.${what}` as Key)}
          </button>
        ))}
        <p>{t('share.local')}</p>
      </div>
    </details>
  )
}

async function share(what: (typeof EXPORTS)[number]): Promise<void> {
  const r = run.peek()
  if (r === undefined) return
  if (what === 'link') {
    const link = await linkToHere()
    if (link === undefined) {
      notice.value = t('share.tooLong')
      return
    }
    try {
      await navigator.clipboard.writeText(link)
      notice.value = t('share.linkCopied')
    } catch {
      history.replaceState(null, '', link)
      notice.value = t('share.linkInAddress')
    }
    return
  }
  const { exportRun } = await import('./exports.ts')
  await exportRun(what, r)
}
