/**
 * Which files of a folder are whose: one keepalived.conf for each host, its ipvsadm rules, and the facts beside them.
 *
 *   b1.keepalived.conf, keepalived-b1.conf                 b1/keepalived.conf, b1/etc/keepalived/keepalived.conf
 *   b1.conf, if there is none of the other forms
 *   b1.ipvsadm.rules, b1.rules, b1/ipvsadm.rules           ipvsadm.rules for all who have none of their own
 *   plan.yaml or cluster.yaml                              link rates, traffic, addresses, shares
 *
 * Works on names alone. Tested in test/plan/check/parts.test.ts.
 */
import type { HostFiles } from './cluster.ts'

export interface FolderFiles {
  readonly hosts: readonly HostFiles[]
  readonly facts?: string
}

/** Paths relative to the folder, `/` between parts. */
export function filesOfFolder(paths: readonly string[]): FolderFiles {
  const sorted = [...paths].sort()
  const named = (read: (path: string) => string | undefined) =>
    sorted.flatMap(path => {
      const name = read(path)
      return name === undefined ? [] : [{ name, conf: path }]
    })
  const sure = named(confHost)
  const confs = sure.length > 0 ? sure : named(plainConfHost)
  const shared = sorted.find(path => /^(?:ipvsadm\.)?rules$|^ipvsadm\.rules$/.test(path))
  const facts = ['plan.yaml', 'plan.yml', 'cluster.yaml', 'cluster.yml'].find(name => sorted.includes(name))
  const hosts = confs
    .filter((host, i) => confs.findIndex(other => other.name === host.name) === i)
    .map(host => {
      const rules = sorted.find(path => rulesHost(path) === host.name) ?? shared
      return { ...host, ...(rules === undefined ? {} : { rules }) }
    })
  return { hosts, ...(facts === undefined ? {} : { facts }) }
}

/** The host whose keepalived.conf the path is. */
export function confHost(path: string): string | undefined {
  const parts = path.split('/')
  const file = parts[parts.length - 1]
  if (file === 'keepalived.conf') return parts.length > 1 ? parts[0] : undefined
  if (parts.length > 1) return undefined
  return /^(.+)\.keepalived\.conf$/.exec(file)?.[1] ?? /^keepalived[-_.](.+)\.conf$/.exec(file)?.[1]
}

const plainConfHost = (path: string): string | undefined =>
  path.includes('/') || path.endsWith('.sysctl.conf') ? undefined : /^(.+)\.conf$/.exec(path)?.[1]

function rulesHost(path: string): string | undefined {
  const inFolder = /^([^/]+)\/(?:ipvsadm\.)?rules$|^([^/]+)\/ipvsadm\.rules$/.exec(path)
  if (inFolder !== null) return inFolder[1] ?? inFolder[2]
  const flat = /^([^/]+?)(?:\.ipvsadm)?\.rules$/.exec(path)
  return flat === null || flat[1] === 'ipvsadm' ? undefined : flat[1]
}

/** The host of a file that was named on a command line: as in a folder, else the folder it lies in. */
export function hostOfFile(path: string): string {
  const parts = path.split('/').filter(p => p !== '' && p !== '.')
  const file = parts[parts.length - 1] ?? path
  const own = confHost(file) ?? (file === 'keepalived.conf' ? undefined : plainConfHost(file))
  if (own !== undefined) return own
  const folders = parts.slice(0, -1).filter(p => p !== 'etc' && p !== 'keepalived')
  return folders[folders.length - 1] ?? file.replace(/\.conf$/, '')
}
