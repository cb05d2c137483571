/**
 * Goal: which threads of the kernel's sync daemon run follows what keepalived asks for, as Linux 6.1 logs it.
 * Method: the bridge between the two, on a workbench director, one effect after the other.
 */
import { describe, expect, it } from 'vitest'
import { ipvsOfKeepalived } from '../../sim-core/compile/ipvs-of-keepalived.ts'
import type { Network } from '../../sim-core/net/index.ts'
import { because } from '../../sim-core/trace/contract.ts'
import { Workbench } from '../protocols/ipvs/bench-director.ts'

const CAUSE = because('vrrp-stop', 'test', { signal: 'SIGTERM' })

type Role = 'master' | 'backup'

function director() {
  const b = new Workbench(100, 0)
  const network = { stack: { hostNames: ['b1'] }, engine: b.engine } as unknown as Network
  const bridge = ipvsOfKeepalived(b.ipvs, network, () => undefined)
  const ask = (stop: Role[], start: Role[]) =>
    bridge.syncDaemon(0, { kind: 'syncDaemon', stop, start, interface: 'eth0', syncId: 7, cause: CAUSE })
  const stops = (role: Role) => b.ipvsadm(`--stop-daemon ${role} --syncid 7`) === undefined
  return { ask, stops }
}

describe('the sync daemon under keepalived', () => {
  it('goes from backup to master and back', () => {
    const { ask, stops } = director()
    ask([], ['backup'])
    ask(['backup'], ['master'])
    ask(['master'], ['backup'])
    expect([stops('master'), stops('backup')]).toEqual([false, true])
  })

  it('a master thread outlives a killed keepalived: the next one only starts the backup thread', () => {
    const { ask, stops } = director()
    ask([], ['backup'])
    ask(['backup'], ['master'])
    ask([], ['backup'])
    expect([stops('master'), stops('backup')]).toEqual([true, true])
  })
})
