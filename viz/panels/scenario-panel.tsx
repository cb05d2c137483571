/** The scenario as text: what the page does is what it says. Edited here, it becomes a run of its own; saved, the CLI runs it. */
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/index.ts'
import { notice, run } from '../state/app.ts'
import { canRedo, canUndo, editFile, redo, undo } from '../state/edits.ts'
import { download } from '../share/download.ts'
import { Problems } from './verdict.tsx'

const file = signal('')
const draft = signal<string | undefined>(undefined)

export function ScenarioPanel() {
  const r = run.value
  const host = useRef<HTMLDivElement>(null)
  const names = Object.keys(r?.files ?? {})
  const shown = r !== undefined && names.includes(file.value) ? file.value : (r?.scenario ?? '')
  const text = r?.files[shown] ?? ''
  useEffect(() => {
    draft.value = undefined
  }, [r, shown])
  useEditor(host, shown, text)
  if (r === undefined) return null
  const changed = draft.value !== undefined && draft.value !== text
  const command = `lvsim run ${r.scenario.split('/').pop()}`
  return (
    <div class="panel-body scenario">
      <div class="row">
        <select
          aria-label={t('scenario.file')}
          value={shown}
          onInput={e => {
            file.value = e.currentTarget.value
          }}
        >
          {names.map(n => (
            <option key={n} value={n}>
              {n.replace(/^scenarios\//, '')}
            </option>
          ))}
        </select>
        <button type="button" disabled={!canUndo.value} onClick={undo} aria-label={t('scenario.undo')} title={t('scenario.undo')}>
          ↶
        </button>
        <button type="button" disabled={!canRedo.value} onClick={redo} aria-label={t('scenario.redo')} title={t('scenario.redo')}>
          ↷
        </button>
      </div>
      <div class="editor" ref={host} />
      {r.problems.value.length > 0 && <Problems run={r} />}
      <div class="row">
        <button type="button" class="primary" disabled={!changed} onClick={() => editFile(shown, draft.value ?? text)}>
          {t('scenario.run')}
        </button>
        <button type="button" onClick={() => void copy(draft.value ?? text)}>
          {t('scenario.copy')}
        </button>
        <button type="button" onClick={() => download(shown.split('/').pop() ?? 'scenario.yaml', draft.value ?? text, 'text/yaml')}>
          {t('scenario.save')}
        </button>
      </div>
      <p class="hint">
        {t('scenario.hint')} <code>{command}</code>
      </p>
    </div>
  )
}

/** CodeMirror when it has come, a plain text area until then (or when it cannot come). */
function useEditor(host: { current: HTMLDivElement | null }, name: string, text: string): void {
  useEffect(() => {
    const element = host.current
    if (element === null) return
    let ended = false
    let destroy = (): void => undefined
    const area = document.createElement('textarea')
    area.value = text
    area.spellcheck = false
    area.setAttribute('aria-label', name)
    area.addEventListener('input', () => {
      draft.value = area.value
    })
    element.replaceChildren(area)
    import('../editor/code-editor.ts')
      .then(({ createEditor }) => {
        if (ended) return
        const start = area.value
        element.replaceChildren()
        destroy = createEditor(element, start, name, value => {
          draft.value = value
        })
      })
      .catch(() => undefined)
    return () => {
      ended = true
      destroy()
    }
  }, [name, text])
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    notice.value = t('scenario.copied')
  } catch {
    notice.value = t('scenario.notCopied')
  }
}
