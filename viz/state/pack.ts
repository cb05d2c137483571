/** Files as a short text for an address: JSON, deflated by the browser, base64url. Reading trusts nothing. */
import type { Files } from '../worker/protocol.ts'

export interface Packed {
  readonly scenario: string
  readonly files: Files
}

const UNPACKED_MAX = 4_000_000
const FILES_MAX = 100

export async function pack(p: Packed): Promise<string> {
  const bytes = await throughStream(new TextEncoder().encode(JSON.stringify(p)), new CompressionStream('deflate-raw'), UNPACKED_MAX)
  let binary = ''
  for (const b of bytes ?? []) binary += String.fromCharCode(b)
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** Undefined for whatever is not what `pack` made: wrong letters, cut off, too large, another form. */
export async function unpack(text: string): Promise<Packed | undefined> {
  try {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
    const bytes = await throughStream(
      Uint8Array.from(binary, c => c.charCodeAt(0)),
      new DecompressionStream('deflate-raw'),
      UNPACKED_MAX,
    )
    return bytes === undefined ? undefined : readPacked(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/** The JSON form of it. */
export function readPacked(json: string): Packed | undefined {
  try {
    const raw: unknown = JSON.parse(json)
    if (typeof raw !== 'object' || raw === null) return undefined
    const { scenario, files } = raw as { scenario?: unknown; files?: unknown }
    if (typeof scenario !== 'string' || typeof files !== 'object' || files === null || Array.isArray(files)) return undefined
    const entries = Object.entries(files)
    if (entries.length === 0 || entries.length > FILES_MAX || entries.some(([, v]) => typeof v !== 'string')) return undefined
    const out: Record<string, string> = Object.create(null) as Record<string, string>
    for (const [k, v] of entries) out[k] = v as string
    return scenario in out ? { scenario, files: { ...out } } : undefined
  } catch {
    return undefined
  }
}

/** Stops as soon as more than `limit` bytes come out: a few bytes can unpack to gigabytes. */
async function throughStream(
  input: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  limit: number,
): Promise<Uint8Array | undefined> {
  const reader = new Blob([input]).stream().pipeThrough(stream).getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > limit) {
      await reader.cancel()
      return undefined
    }
    parts.push(value)
  }
  const out = new Uint8Array(size)
  let at = 0
  for (const p of parts) {
    out.set(p, at)
    at += p.length
  }
  return out
}
