/** The configuration files of a cluster on disk: a folder, or files that were named. Which file is whose is decided by names (plan/check/hosts-in.ts). */
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type FileSource, plan, type Problem } from '../sim-core/index.ts'
import { filesBeside } from './files.ts'

export interface ClusterFiles {
  readonly hosts: readonly plan.HostFiles[]
  readonly facts?: string
  readonly files: FileSource
  readonly problems: readonly Problem[]
}

const DEPTH_MAX = 5
const FILES_MAX = 5_000

/** One folder, or several files (keepalived.conf of each host, NAME.rules, one YAML with facts). */
export function clusterFiles(paths: readonly string[]): ClusterFiles {
  const missing = paths.filter(path => statSync(path, { throwIfNoEntry: false }) === undefined)
  if (missing.length > 0)
    return none(
      missing.map(path => problem(path, 'file-missing', 'there is no such file or folder', 'give the folder of the cluster, or its files')),
    )
  const folders = paths.filter(path => statSync(path).isDirectory())
  if (folders.length > 0 && paths.length > 1)
    return none([
      problem(folders[0], 'one-folder', 'a folder and other paths are given', 'give one folder, or only files; --against compares two'),
    ])
  return folders.length === 1 ? ofFolder(folders[0]) : ofFiles(paths)
}

const none = (problems: readonly Problem[]): ClusterFiles => ({ hosts: [], files: filesBeside('.'), problems })

const problem = (file: string, code: string, message: string, remedy: string): Problem => ({
  at: { file, line: 1, column: 1 },
  severity: 'error',
  code,
  message,
  remedy,
})

function ofFolder(folder: string): ClusterFiles {
  const found = plan.filesOfFolder(list(folder, '', 0))
  const inside = (path: string): string => join(folder, path)
  const remedy = 'name them NAME.keepalived.conf, or NAME/keepalived.conf, one for each host'
  return {
    hosts: found.hosts.map(h => ({ ...h, conf: inside(h.conf), ...(h.rules === undefined ? {} : { rules: inside(h.rules) }) })),
    ...(found.facts === undefined ? {} : { facts: inside(found.facts) }),
    files: filesBeside(join(folder, 'keepalived.conf')),
    problems: found.hosts.length === 0 ? [problem(folder, 'no-configurations', 'there is no keepalived.conf in it', remedy)] : [],
  }
}

function list(folder: string, below: string, depth: number): string[] {
  if (depth > DEPTH_MAX) return []
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(entry => !entry.name.startsWith('.'))
    .flatMap(entry => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      return entry.isDirectory() ? list(folder, path, depth + 1) : [path]
    })
    .slice(0, FILES_MAX)
}

function ofFiles(paths: readonly string[]): ClusterFiles {
  const facts = paths.filter(path => /\.ya?ml$/.test(path))
  const rules = paths.filter(path => /\.rules$/.test(path))
  const confs = paths.filter(path => !facts.includes(path) && !rules.includes(path))
  const hosts = confs.map(conf => {
    const name = plan.hostOfFile(conf)
    const own =
      rules.find(path => plan.hostOfFile(path.replace(/(\.ipvsadm)?\.rules$/, '.conf')) === name) ??
      (rules.length === 1 ? rules[0] : undefined)
    return { name, conf, ...(own === undefined ? {} : { rules: own }) }
  })
  const twice = hosts.filter((h, i) => hosts.findIndex(o => o.name === h.name) < i)
  return {
    hosts,
    ...(facts[0] === undefined ? {} : { facts: facts[0] }),
    files: together([...new Set(paths.map(dirname))].map(folder => filesBeside(join(folder, 'x')))),
    problems: [
      ...twice.map(h =>
        problem(
          h.conf,
          'host-twice',
          `two files are of a host ${h.name}`,
          'name them NAME.keepalived.conf, or lay each into a folder of its host',
        ),
      ),
      ...facts.slice(1).map(file => problem(file, 'facts-twice', `${facts[0]} has the facts already`, 'give one YAML file')),
    ],
  }
}

/** A file may be read when any of the sources may read it. */
function together(sources: readonly FileSource[]): FileSource {
  return {
    read: path => {
      const answers = sources.map(source => source.read(path))
      return answers.find(answer => answer.ok) ?? answers[0] ?? { ok: false, reason: 'no file was given' }
    },
    glob: pattern => [...new Set(sources.flatMap(source => source.glob(pattern)))].sort(),
  }
}
