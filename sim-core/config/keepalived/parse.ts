/**
 * keepalived.conf → typed tree, with every problem of the file and its includes at once. Never throws. Stages: logical
 * lines (logical-lines.ts), statements (tree.ts), blocks (read-*.ts), keepalived's corrections (normalise-instance.ts),
 * checks between instances (check.ts). Tested in test/config/keepalived-*.test.ts.
 */
import type { FileSource } from '../../base/files.ts'
import type { Problem } from '../../base/problem.ts'
import { checkConfig } from './check.ts'
import { Fields } from './fields.ts'
import { TOP_IGNORED } from './keywords.ts'
import { normaliseInstance } from './normalise-instance.ts'
import { logicalLines } from './logical-lines.ts'
import { readAddresses } from './read-address.ts'
import { readGlobals } from './read-globals.ts'
import { readGroup } from './read-group.ts'
import { readInstance, type Trackables, textLines } from './read-instance.ts'
import { readVirtualServer } from './read-lvs.ts'
import { readSyncGroup } from './read-sync-group.ts'
import { readScript, readTrackFile, readTrackProcess, type Trackable } from './read-track.ts'
import { type IgnoredKeyword, type ReaderRelease, Report } from './report.ts'
import { parseTree, type Statement } from './tree.ts'
import type { KeepalivedConfig } from './types.ts'

export interface KeepalivedOptions {
  /** `keepalived --config-id`, against which `@id` lines are compared: the host's name. */
  readonly configId?: string
  /** Whose keepalived reads the file; 2.2 unless given. */
  readonly release?: ReaderRelease
}

export interface ParsedKeepalived {
  readonly config: KeepalivedConfig
  /** In the order of files and lines. */
  readonly problems: readonly Problem[]
  /** Keywords that were understood and have no effect in the simulation, each at its first place. */
  readonly ignored: readonly IgnoredKeyword[]
}

const TOP_KEYWORDS = [
  'global_defs',
  'static_ipaddress',
  'static_routes',
  'static_rules',
  'vrrp_script',
  'vrrp_track_process',
  'vrrp_track_file',
  'track_file',
  'vrrp_sync_group',
  'vrrp_instance',
  'virtual_server_group',
  'virtual_server',
]

export function parseKeepalived(path: string, files: FileSource, options: KeepalivedOptions = {}): ParsedKeepalived {
  const report = new Report(options.release)
  const statements = parseTree(logicalLines(path, files, options.configId ?? '', report), report)
  const config = readConfig(path, statements, report)
  checkConfig(config, report)
  return { config, problems: sorted(report.problems, path), ignored: report.ignored }
}

function readConfig(file: string, statements: readonly Statement[], report: Report): KeepalivedConfig {
  topKeywords(statements, report)
  const of = (...keywords: string[]) => statements.filter(s => keywords.includes(s.keyword.text))
  const globals = readGlobals(of('global_defs'), report)
  const scripts = named(of('vrrp_script'), report)
    .map(([s, name]) => readScript(s, name, report))
    .filter(t => t.command !== '')
  const trackProcesses = named(of('vrrp_track_process'), report)
    .map(([s, name]) => readTrackProcess(s, name, report))
    .filter(t => t.process !== '')
  const trackFiles = named(of('track_file', 'vrrp_track_file'), report)
    .map(([s, name]) => readTrackFile(s, name, report))
    .filter(t => t.file !== '')
  const known: Trackables = { scripts: weights(scripts), files: weights(trackFiles), processes: weights(trackProcesses) }
  const syncGroups = named(of('vrrp_sync_group'), report).map(([s, name]) => readSyncGroup(s, name, known, report))
  const drafts = named(of('vrrp_instance'), report).map(([s, name]) => readInstance(s, name, known, report))
  const virtualServerGroups = named(of('virtual_server_group'), report).map(([s, name]) => readGroup(s, name, report))
  const statics = new Fields(report, 'configuration')
  return {
    file,
    globals,
    instances: drafts.map(d => normaliseInstance(d, globals, syncGroups, report)).filter(i => i !== undefined),
    syncGroups,
    scripts,
    trackProcesses,
    trackFiles,
    staticAddresses: of('static_ipaddress').flatMap(s => readAddresses(statics, s)),
    staticRoutes: of('static_routes').flatMap(textLines),
    staticRules: of('static_rules').flatMap(textLines),
    virtualServers: of('virtual_server')
      .map(s => readVirtualServer(s, report))
      .filter(v => v !== undefined),
    virtualServerGroups,
  }
}

const weights = (list: readonly { name: string; weight: number; reverse: boolean }[]): Trackable => new Map(list.map(t => [t.name, t]))

/** Blocks with their name; a block without one, or of a name that is taken, is an error and left out. */
function named(blocks: readonly Statement[], report: Report): [Statement, string][] {
  const out: [Statement, string][] = []
  const lines = new Map<string, number>()
  for (const s of blocks) {
    const word = s.args[0]
    const keyword = s.keyword.text
    if (word === undefined) {
      report.error(s.keyword.at, 'name-missing', `${keyword} has no name; keepalived skips the block`, `write ${keyword} NAME {`)
      continue
    }
    if (s.block === undefined) {
      report.error(
        s.keyword.at,
        'block-missing',
        `${keyword} ${word.text}: its block { … } is missing`,
        'write { after the name and } after its last line',
      )
      continue
    }
    const line = lines.get(word.text)
    if (line !== undefined) {
      report.error(
        word.at,
        'name-duplicate',
        `${keyword} ${word.text} is defined already (line ${line}); keepalived skips the second`,
        'give it another name',
      )
      continue
    }
    if (s.args.length > 1)
      report.warn(
        s.args[1].at,
        'words-extra',
        `${keyword} ${word.text}: keepalived skips the block because of "${s.args[1].text}"`,
        'write one name',
      )
    lines.set(word.text, s.keyword.at.line)
    out.push([s, word.text])
  }
  return out
}

function topKeywords(statements: readonly Statement[], report: Report): void {
  for (const s of statements) {
    const { text, at } = s.keyword
    if (TOP_KEYWORDS.includes(text)) {
      if (text.startsWith('static_')) report.ignore(text, at)
    } else if (TOP_IGNORED.includes(text)) report.ignore(text, at)
    else {
      const remedy = text.startsWith('$')
        ? `define it as ${text}=VALUE, without a blank before the =`
        : report.suggest(text, [...TOP_KEYWORDS, ...TOP_IGNORED], 'remove it, or look for a } too many above')
      const what = s.block === undefined ? 'the line' : 'the block'
      report.warn(at, 'unknown-keyword', `there is no keyword "${text}" at the top; keepalived ignores ${what}`, remedy)
    }
  }
}

/** By file (the one asked for first, then as they are named), line and column. */
function sorted(problems: readonly Problem[], first: string): Problem[] {
  const order = new Map<string, number>([[first, 0]])
  for (const p of problems) if (!order.has(p.at.file)) order.set(p.at.file, order.size)
  return [...problems].sort(
    (a, b) => (order.get(a.at.file) ?? 0) - (order.get(b.at.file) ?? 0) || a.at.line - b.at.line || a.at.column - b.at.column,
  )
}
