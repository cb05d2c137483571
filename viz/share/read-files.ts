/** Files that a user drops or picks → texts by path. Binary, too large, too many: left out, each with a sentence. */
import { t } from '../i18n/index.ts'

const TEXT_MAX_BYTES = 4_000_000
const FILES_MAX = 200

export interface ReadFiles {
  readonly files: Readonly<Record<string, string>>
  /** Sentences for the user. */
  readonly refused: readonly string[]
}

export async function readFiles(given: readonly { readonly path: string; readonly file: File }[]): Promise<ReadFiles> {
  const files: Record<string, string> = Object.create(null) as Record<string, string>
  const refused: string[] = []
  for (const { path, file } of given.slice(0, FILES_MAX)) {
    const name = path.slice(0, 120)
    if (file.size > TEXT_MAX_BYTES) {
      refused.push(t('drop.large', { name }))
      continue
    }
    const text = textOf(new Uint8Array(await file.arrayBuffer()))
    if (text === undefined) refused.push(t('drop.binary', { name }))
    else files[path] = text
  }
  return { files: { ...files }, refused }
}

/** UTF-8 without NUL, or it is not text. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** What was dropped, folders with all that is in them. */
export async function droppedFiles(transfer: DataTransfer): Promise<{ path: string; file: File }[]> {
  const entries = Array.from(transfer.items).flatMap(i => i.webkitGetAsEntry?.() ?? [])
  if (entries.length === 0) return Array.from(transfer.files, file => ({ path: file.name, file }))
  const out: { path: string; file: File }[] = []
  for (const e of entries) await walk(e, out)
  return out
}

async function walk(entry: FileSystemEntry, out: { path: string; file: File }[]): Promise<void> {
  if (out.length >= FILES_MAX) return
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) {
    const file = await new Promise<File | undefined>(resolve => (entry as FileSystemFileEntry).file(resolve, () => resolve(undefined)))
    if (file !== undefined) out.push({ path, file })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>(resolve => reader.readEntries(resolve, () => resolve([])))
    if (some.length === 0) return
    for (const e of some) await walk(e, out)
  }
}
