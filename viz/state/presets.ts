/**
 * The scenarios that come with lvsim, as files. They are fetched when the first run starts, not with the page. A
 * preset's question is in the dictionaries (`preset.NAME.question`), the file itself is the truth about all else.
 */
import type { Files } from '../worker/protocol.ts'

const MODULES = import.meta.glob(['../../scenarios/**/*.{yaml,conf,rules,txt}', '!../../scenarios/lint/**'], {
  query: '?raw',
  import: 'default',
}) as Readonly<Record<string, () => Promise<string>>>
const PREFIX = '../../'

/** Paths of all scenario files, sorted: `scenarios/capacity/three-vips.yaml`. */
export const SCENARIOS: readonly string[] = Object.keys(MODULES)
  .filter(p => p.endsWith('.yaml'))
  .map(p => p.slice(PREFIX.length))
  .sort()

/** The scenario and everything under its folder, so that what it names is there. */
export async function loadPreset(path: string): Promise<Files> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const wanted = Object.keys(MODULES).filter(p => {
    const name = p.slice(PREFIX.length)
    return name === path || (name.startsWith(folder) && !name.endsWith('.yaml'))
  })
  const texts = await Promise.all(wanted.map(p => MODULES[p]()))
  return Object.fromEntries(wanted.map((p, i) => [p.slice(PREFIX.length), texts[i]]))
}

/** `scenarios/capacity/three-vips.yaml` → `capacity/three-vips`: what a link calls it. */
export const presetName = (path: string): string => path.replace(/^scenarios\//, '').replace(/\.yaml$/, '')
export const presetPath = (name: string): string => `scenarios/${name}.yaml`
