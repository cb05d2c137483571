/** The whole page takes files: dropped on it, or picked with the (hidden) file input that the bar's button presses. */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { t } from '../i18n/index.ts'
import { droppedFiles, readFiles } from '../share/read-files.ts'
import { openOwnFiles } from '../state/own-files.ts'

const over = signal(false)
const PICKER = 'file-picker'

export function DropZone() {
  useEffect(() => {
    const hasFiles = (e: DragEvent): boolean => e.dataTransfer?.types.includes('Files') ?? false
    const enter = (e: DragEvent): void => {
      if (!hasFiles(e)) return
      e.preventDefault()
      over.value = true
    }
    const leave = (e: DragEvent): void => {
      if (e.relatedTarget === null) over.value = false
    }
    const drop = (e: DragEvent): void => {
      over.value = false
      if (!hasFiles(e) || e.dataTransfer === null) return
      e.preventDefault()
      void droppedFiles(e.dataTransfer).then(readFiles).then(openOwnFiles)
    }
    window.addEventListener('dragover', enter)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragover', enter)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('drop', drop)
    }
  }, [])
  return (
    <>
      <input
        id={PICKER}
        type="file"
        multiple
        hidden
        onChange={e => {
          const list = Array.from(e.currentTarget.files ?? [], file => ({ path: file.webkitRelativePath || file.name, file }))
          e.currentTarget.value = ''
          void readFiles(list).then(openOwnFiles)
        }}
      />
      {over.value && <div class="drop-here">{t('drop.here')}</div>}
    </>
  )
}

export const pickFiles = (): void => document.getElementById(PICKER)?.click()
