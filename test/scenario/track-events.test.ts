/**
 * Goal: tracked files and processes can be moved from a scenario, and do what keepalived does with them.
 * Method: two balancers, 110 and 100; by hand: a file with weight −3 that holds 5 takes 15 off, so 95 < 100.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { Simulation } from '../../sim-core/compile/index.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'

const conf = (priority: number, track: string, blocks = ''): string => `${blocks}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  ${track}
  virtual_ipaddress { 10.0.0.100 }
}`

const FILE = 'track_file load { file /var/run/load\n weight -3\n }'
const PROCESS = 'vrrp_track_process web { process nginx\n }'

function statesOfB1(track: string, blocks: string, events: string): string[] {
  const files = mapFiles({
    'b1.conf': conf(110, track, blocks),
    'b2.conf': conf(100, ''),
    's.yaml': `scenario: trackers
duration: 30s
hosts:
  b1: { address: 10.0.0.1/24, keepalived: b1.conf }
  b2: { address: 10.0.0.2/24, keepalived: b2.conf }
events: ${events}
`,
  })
  const { model, problems } = loadScenario('s.yaml', files)
  if (model === undefined) return problems.map(p => `${p.code}: ${p.message}`)
  const simulation = new Simulation(model)
  simulation.run()
  return simulation.happenings
    .filter(h => h.host === 'b1' && h.kind === 'state')
    .map(h => `${Math.floor(h.t / 1e9)} s ${h.fields['state']}`)
}

describe('track_file and track_process', () => {
  it('a file’s number times its weight is added to the priority', () => {
    const track = 'track_file { load }'
    const events = '[{ at: 10s, track_file: b1, name: load, value: 5 }, { at: 20s, track_file: b1, name: load, value: 3 }]'
    // b2 hears 95 and lets its timer run out; at 20 s b1 is worth 101 again and takes over.
    expect(statesOfB1(track, FILE, events)).toEqual(['0 s BACKUP', '3 s MASTER', '13 s BACKUP', '22 s MASTER'])
  })

  it('without a process that is tracked with weight 0 the instance is in FAULT', () => {
    const events = '[{ at: 10s, process_down: b1, name: web }, { at: 20s, process_up: b1, name: web }]'
    expect(statesOfB1('track_process { web }', PROCESS, events)).toEqual([
      '0 s BACKUP',
      '3 s MASTER',
      '10 s FAULT',
      '20 s BACKUP',
      '23 s MASTER',
    ])
  })

  it('what is not in the file is refused', () => {
    expect(statesOfB1('', '', '[{ at: 1s, process_down: b1, name: web }]')[0]).toContain('unknown-tracker: ')
    expect(statesOfB1('track_file { load }', FILE, '[{ at: 1s, track_file: b1, name: load, value: many }]')[0]).toContain('number: ')
  })
})
