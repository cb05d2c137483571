/** What every key does. */
import { useEffect, useRef } from 'preact/hooks'
import { t, type Key } from '../i18n/index.ts'
import { helpOpen } from '../state/app.ts'
import { SHORTCUTS } from '../state/keys.ts'

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = helpOpen.value
  useEffect(() => {
    const d = dialog.current
    if (d === null) return
    if (open && !d.open) d.showModal()
    else if (!open && d.open) d.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        helpOpen.value = false
      }}
    >
      <h2 id="help-title">{t('help.title')}</h2>
      <dl>
        {SHORTCUTS.map(s => (
          <div key={s.key}>
            <dt>
              {s.keys.map(k => (
                <kbd key={k}>{k}</kbd>
              ))}
            </dt>
            <dd>{t(s.key as Key)}</dd>
          </div>
        ))}
      </dl>
      <p>{t('help.local')}</p>
      <form method="dialog">
        <button type="submit" class="primary">
          {t('close')}
        </button>
      </form>
    </dialog>
  )
}
