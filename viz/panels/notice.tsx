/** A short message at the foot of the page; goes by itself. */
import { useEffect } from 'preact/hooks'
import { t } from '../i18n/index.ts'
import { notice, run } from '../state/app.ts'
import { crashed } from '../state/simulator.ts'

const SHOWN_MS = 6000

export function Notice() {
  const text = notice.value
  useEffect(() => {
    if (text === undefined) return
    const timer = setTimeout(() => {
      notice.value = undefined
    }, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [text])
  const bug = run.value?.failure.value ?? crashed.value
  return (
    <div class="notices" role="alert">
      {bug !== undefined && (
        <div class="notice bug">
          <b>{t('notice.bug')}</b>
          <pre>{bug}</pre>
        </div>
      )}
      {text !== undefined && <div class="notice">{text}</div>}
    </div>
  )
}
