/** Who held each VIP when, told from the happenings so far (vip added, removed, host lost). */
import type { Happening } from '../../sim-core/index.ts'
import type { Run } from './run.ts'

export interface Ownerships {
  readonly vip: string
  readonly owners: readonly { readonly host: string; readonly fromNs: number; readonly toNs: number }[]
}

interface Known {
  version: number
  seen: number
  open: Map<string, Map<string, number>>
  closed: Map<string, { host: string; fromNs: number; toNs: number }[]>
}

const known = new WeakMap<Run, Known>()

export function ownershipOf(run: Run): Ownerships[] {
  const { trace } = run
  const cluster = run.cluster.peek()
  if (trace === undefined || cluster === undefined) return []
  let k = known.get(run)
  if (k === undefined) known.set(run, (k = { version: -1, seen: 0, open: new Map(), closed: new Map() }))
  for (; k.seen < trace.happenings.length; k.seen++) follow(k, trace.happenings[k.seen])
  const { open, closed } = k
  return cluster.vips
    .map(vip => ({
      vip,
      owners: [
        ...(closed.get(vip) ?? []),
        ...Array.from(open.get(vip) ?? [], ([host, fromNs]) => ({ host, fromNs, toNs: Number.POSITIVE_INFINITY })),
      ].sort((a, b) => a.fromNs - b.fromNs),
    }))
    .filter(o => o.owners.length > 0)
}

function follow(k: Known, h: Happening): void {
  if (h.kind === 'vip') {
    const vip = String(h.fields['ip'])
    if (h.fields['present'] === true) opened(k, vip).set(h.host, opened(k, vip).get(h.host) ?? h.t)
    else close(k, vip, h.host, h.t)
  } else if (h.kind === 'fault' && h.fields['verb'] === 'crash') for (const vip of k.open.keys()) close(k, vip, h.host, h.t)
}

function opened(k: Known, vip: string): Map<string, number> {
  let m = k.open.get(vip)
  if (m === undefined) k.open.set(vip, (m = new Map()))
  return m
}

function close(k: Known, vip: string, host: string, t: number): void {
  const fromNs = k.open.get(vip)?.get(host)
  if (fromNs === undefined) return
  k.open.get(vip)?.delete(host)
  const list = k.closed.get(vip) ?? []
  list.push({ host, fromNs, toNs: t })
  k.closed.set(vip, list)
}
