/** The part of a Model that the page draws. */
import { formatIpv4, type HostModel, type Model, vipsOfModel } from '../../sim-core/index.ts'
import type { Cluster, ClusterHost, ClusterInstance, Role } from './protocol.ts'

export function clusterOf(model: Model): Cluster {
  const senders = new Set(model.traffic.map(t => t.from))
  const directing = new Set(model.events.filter(e => e.verb === 'ipvsadm').map(e => e.target))
  const used = new Set(model.hosts.flatMap(h => h.interfaces.map(i => i.lan)))
  return {
    title: model.title,
    about: model.about,
    seed: model.seed,
    durationNs: model.durationNs,
    lans: model.lans.map(l => l.name).filter(name => used.has(name)),
    hosts: model.hosts.map(h => hostOf(h, roleOf(h, senders, directing))),
    vips: vipsOfModel(model).map(formatIpv4),
    events: model.events.map(e => ({ atNs: e.atNs, verb: e.verb, target: e.target, line: e.at.line })),
    windows: model.windows.map(({ name, fromNs, toNs }) => ({ name, fromNs, toNs })),
    traffic: model.traffic.map(({ name, from }) => ({ name, from })),
  }
}

function roleOf(h: HostModel, senders: ReadonlySet<string>, directing: ReadonlySet<string>): Role {
  if (h.keepalived !== undefined || h.ipvs.length > 0 || directing.has(h.name)) return 'director'
  if (h.serves.length > 0 || h.vipsOnLo.length > 0) return 'server'
  return senders.has(h.name) ? 'client' : 'host'
}

function hostOf(h: HostModel, role: Role): ClusterHost {
  return {
    name: h.name,
    role,
    interfaces: h.interfaces.map(i => ({ name: i.name, lan: i.lan, address: i.address === undefined ? '' : formatIpv4(i.address) })),
    keepalived: h.keepalived !== undefined,
    instances: (h.keepalived?.instances ?? []).map(instanceOf),
  }
}

type Instance = NonNullable<HostModel['keepalived']>['instances'][number]

/** Skew as keepalived computes it: v2 (256 − priority)/256 s, v3 the same share of the advert interval. */
function instanceOf(i: Instance): ClusterInstance {
  const skewNs = ((256 - i.priority) / 256) * (i.version === 3 ? i.advertIntNs : 1e9)
  return {
    name: i.name,
    vrid: i.vrid,
    priority: i.priority,
    advertIntervalNs: i.advertIntNs,
    masterDownNs: i.downTimerAdverts * i.advertIntNs + skewNs,
    vips: i.vips.map(v => v.address),
  }
}
