/**
 * What others do on the same work, on the same machine, in the same run: ns-3, SimPy and hand-written loops in C and
 * Node. Programs are in peers/; each that finds its tools is built into a temporary folder and run.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PeerResult {
  readonly name: string
  /** Our workload that it is compared with. */
  readonly workload: string
  readonly cpu_s: number
  readonly wall_s: number
  readonly packet_hops: number
  readonly packet_hops_per_cpu_s: number
  readonly events_per_cpu_s: number
  /** Of the peer's process, where /usr/bin/time tells; 0 otherwise. */
  readonly peak_rss_mib: number
}

interface Peer {
  readonly name: string
  readonly workload: string
  /** Why it cannot run here, or undefined. */
  readonly missing: () => string | undefined
  readonly build?: (folder: string) => boolean
  readonly command: (folder: string) => readonly string[]
}

const here = dirname(fileURLToPath(import.meta.url))
/** From a checkout's bench/ or from the built dist/. */
const PEERS_FOLDER = [join(here, 'peers'), join(here, '../bench/peers')].find(existsSync) ?? join(here, 'peers')

/** Debian's SimPy belongs to Debian's Python, which need not be the first in the path. */
const pythonWithSimpy = (): string | undefined => ['python3', '/usr/bin/python3'].find(p => succeeds([p, '-c', 'import simpy']))

const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
const succeeds = (command: readonly string[]): boolean => spawnSync(command[0], command.slice(1), { stdio: 'ignore' }).status === 0

const ns3Missing = () =>
  !has('g++')
    ? 'needs g++'
    : existsSync('/usr/include/ns3') || existsSync('/usr/include/ns3.37')
      ? undefined
      : 'needs ns-3 (Debian: apt-get install libns3-dev)'

const buildNs3 = (folder: string): boolean => succeeds(['make', '-s', '-C', join(folder, 'ns3'), 'w12', 'w34', 'w5'])

const PEERS: readonly Peer[] = [
  {
    name: 'hand-written loop, Node',
    workload: 'W1',
    missing: () => undefined,
    command: folder => [process.execPath, join(folder, 'node/w12.mjs'), 'w1', 'cbr', '1', '10', 'fifo', '0'],
  },
  {
    name: 'hand-written loop, Node, Poisson',
    workload: 'W1-poisson',
    missing: () => undefined,
    command: folder => [process.execPath, join(folder, 'node/w12.mjs'), 'w1', 'poisson', '1', '10', 'fifo', '0'],
  },
  {
    name: 'hand-written loop, C',
    workload: 'W1',
    missing: () => (has('cc') ? undefined : 'needs a C compiler'),
    build: folder => succeeds(['cc', '-O3', '-o', join(folder, 'c/w1'), join(folder, 'c/w1.c')]),
    command: folder => [join(folder, 'c/w1'), '10'],
  },
  {
    name: 'SimPy, stores',
    workload: 'W1',
    missing: () => (pythonWithSimpy() !== undefined ? undefined : 'needs SimPy (Debian: apt-get install python3-simpy3)'),
    command: folder => [pythonWithSimpy() ?? 'python3', join(folder, 'simpy/w1.py'), '10', 'store'],
  },
  {
    name: 'ns-3, W1',
    workload: 'W1',
    missing: ns3Missing,
    build: buildNs3,
    command: folder => [join(folder, 'ns3/w12'), '--mode=w1', '--arr=cbr', '--secs=10'],
  },
  ...[1e3, 1e5, 1e6].flatMap((n): Peer[] => {
    const of = `W5-1e${Math.round(Math.log10(n))}`
    return [
      {
        name: `typed 4-ary heap, Node, ${of}`,
        workload: of,
        missing: () => undefined,
        command: folder => [process.execPath, join(folder, 'node/w5.mjs'), 'heap4', String(n), '3000000'],
      },
      {
        name: `ns-3's default scheduler, ${of}`,
        workload: of,
        missing: ns3Missing,
        build: buildNs3,
        command: folder => [join(folder, 'ns3/w5'), `--n=${n}`, '--events=1000000'],
      },
    ]
  }),
  {
    name: 'ns-3, W3 NewReno',
    workload: 'W3-newreno',
    missing: ns3Missing,
    build: buildNs3,
    command: folder => [join(folder, 'ns3/w34'), '--mode=w3', '--cc=TcpNewReno', '--minrto=0.2'],
  },
  {
    name: 'ns-3, W3 CUBIC',
    workload: 'W3-cubic',
    missing: ns3Missing,
    build: buildNs3,
    command: folder => [join(folder, 'ns3/w34'), '--mode=w3', '--cc=TcpCubic', '--minrto=0.2'],
  },
  {
    name: 'ns-3, W4',
    workload: 'W4',
    missing: ns3Missing,
    build: buildNs3,
    command: folder => [join(folder, 'ns3/w34'), '--mode=w4', '--secs=10', '--msl=0.5'],
  },
]

/** Runs every peer whose workload is asked for; says on stderr what is missing. */
export function runPeers(workloads: ReadonlySet<string>, say: (line: string) => void): PeerResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'lvsim-peers-'))
  cpSync(PEERS_FOLDER, folder, { recursive: true })
  const results: PeerResult[] = []
  try {
    for (const peer of PEERS) {
      if (!workloads.has(peer.workload)) continue
      const why = peer.missing() ?? (peer.build === undefined || peer.build(folder) ? undefined : 'did not build')
      const result = why === undefined ? runPeer(peer, folder) : why
      if (typeof result === 'string') say(`${peer.name}: left out: ${result}`)
      else results.push(result)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return results
}

function runPeer(peer: Peer, folder: string): PeerResult | string {
  const [command, ...args] = has('/usr/bin/time') ? ['/usr/bin/time', '-f', '%M KiB', ...peer.command(folder)] : peer.command(folder)
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e8, timeout: 600_000 })
  if (status !== 0) return `ended with ${status}`
  const line = stdout.trim().split('\n').pop() ?? ''
  try {
    const { cpu, wall, hops, events } = JSON.parse(line) as { cpu?: number; wall?: number; hops?: number; events?: number }
    const cpuS = cpu ?? wall ?? Number.NaN
    return {
      name: peer.name,
      workload: peer.workload,
      cpu_s: cpuS,
      wall_s: wall ?? cpuS,
      packet_hops: hops ?? 0,
      packet_hops_per_cpu_s: (hops ?? 0) / cpuS,
      events_per_cpu_s: (events ?? 0) / cpuS,
      peak_rss_mib: Number(/(\d+) KiB/.exec(stderr)?.[1] ?? 0) / 1024,
    }
  } catch {
    return 'printed no JSON'
  }
}
