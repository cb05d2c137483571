/** What the files of scenario/ share while a Model is built: the checked values, names, and where problems go. */
import type { FileSource } from '../base/files.ts'
import type { IpvsRule, IpvsTableService, KeepalivedConfig, YamlPath } from '../config/index.ts'
import type { HostModel, InterfaceModel } from './model.ts'
import type { Reporter } from './reporter.ts'
import type { RawHost, RawScenario } from './schema.ts'

export interface Draft {
  readonly file: string
  readonly files: FileSource
  readonly raw: RawScenario
  readonly reporter: Reporter
  /** Every name under `hosts:`, also of hosts that could not be read. */
  readonly hostNames: readonly string[]
  /** The value at a path as it was written, before what the schema refused was taken out. */
  readonly given: (path: YamlPath) => unknown
  /** The number that an entry of a top-level list has in the file. */
  readonly indexOf: (list: 'events' | 'expect' | 'trunks', i: number) => number
}

export interface HostDraft {
  readonly name: string
  readonly raw: RawHost
  readonly interfaces: readonly InterfaceModel[]
  readonly keepalived?: KeepalivedConfig
  readonly rules: readonly IpvsRule[]
  /** The services that `rules` make. */
  readonly services: readonly IpvsTableService[]
}

export const isDirector = (
  host: Pick<HostDraft | HostModel, 'keepalived'> & { readonly rules?: readonly unknown[]; readonly ipvs?: readonly unknown[] },
): boolean => host.keepalived !== undefined || (host.rules ?? host.ipvs ?? []).length > 0

/** Code-unit order: the same everywhere. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number => byText(a.name, b.name)
