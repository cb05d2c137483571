/**
 * Goal: every cell of the kernel's three TCP tables and of their secure_tcp variants is one assertion.
 * Method: the tables as ip_vs_proto_tcp.c prints them, transposed: here a line is a state, and its cells are the next
 * states after syn, fin, ack, rst.
 */
import { describe, expect, it } from 'vitest'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../../../sim-core/net/index.ts'
import {
  DIRECTION_INPUT,
  DIRECTION_INPUT_ONLY,
  DIRECTION_OUTPUT,
  nextState,
  TCP_ACTIVE,
  TCP_CLOSE,
  TCP_STATE_NAMES,
  TCP_SYNCED,
  TCP_TABLE,
  TCP_TABLE_DOS,
  TCP_TIMEOUTS_S,
  type TcpTable,
} from '../../../sim-core/protocols/ipvs/tcp-states.ts'

const SHORT = ['NO', 'ES', 'SS', 'SR', 'FW', 'TW', 'CL', 'CW', 'LA', 'LI', 'SA']
const FLAGS = [TCP_SYN, TCP_FIN, TCP_ACK, TCP_RST]

const INPUT = `NO SR CL ES CL|ES ES CW ES CL|SS ES SS SS CL|SR SR TW ES SR|FW SR TW FW CL|TW SR TW TW CL|CL SR CL CL CL|CW SR CW CW CL|LA SR LA CL LA|LI SR LI LI LI|SA SR TW ES SR`
const OUTPUT = `NO SS TW ES CL|ES ES FW ES CL|SS SS SS SS SS|SR SR TW ES CL|FW SS FW FW CL|TW SS TW TW TW|CL SS CL CL CL|CW SS TW CW CL|LA SS LA LA CL|LI LI LI ES CL|SA SR TW ES CL`
const INPUT_ONLY = `NO SR CL ES CL|ES ES FW ES CL|SS ES SS SS CL|SR SR TW ES SR|FW SR FW FW CL|TW SR TW TW CL|CL SR CL CL CL|CW SR CW CW CL|LA SR LA CL LA|LI SR LI LI LI|SA SR TW ES CL`
const DOS_INPUT = `NO SR CL ES CL|ES ES CW ES CL|SS ES SS SS CL|SR SR TW SR SR|FW SR TW FW CL|TW SR TW TW CL|CL SR CL CL CL|CW SR CW CW CL|LA SR LA CL LA|LI SR LI LI LI|SA SA SA SA CL`
const DOS_OUTPUT = OUTPUT.replace('SR SR TW ES CL', 'SR SA TW ES CL').replace('SA SR TW ES CL', 'SA SA TW ES CL')
const DOS_INPUT_ONLY = `NO SA CL ES CL|ES ES FW ES CL|SS ES SS SS CL|SR SR TW ES SR|FW SA FW FW CL|TW SA TW TW CL|CL SA CL CL CL|CW SA CW CW CL|LA SA LA CL LA|LI SA LI LI LI|SA SA TW ES CL`

const cases: [string, TcpTable, number, string][] = [
  ['INPUT', TCP_TABLE, DIRECTION_INPUT, INPUT],
  ['OUTPUT', TCP_TABLE, DIRECTION_OUTPUT, OUTPUT],
  ['INPUT_ONLY', TCP_TABLE, DIRECTION_INPUT_ONLY, INPUT_ONLY],
  ['INPUT under secure_tcp', TCP_TABLE_DOS, DIRECTION_INPUT, DOS_INPUT],
  ['OUTPUT under secure_tcp', TCP_TABLE_DOS, DIRECTION_OUTPUT, DOS_OUTPUT],
  ['INPUT_ONLY under secure_tcp', TCP_TABLE_DOS, DIRECTION_INPUT_ONLY, DOS_INPUT_ONLY],
]

describe('TCP states of IPVS', () => {
  it.each(cases)('%s: all 44 cells', (_, table, direction, text) => {
    const lines = text.split('|').map(l => l.split(' '))
    expect(lines).toHaveLength(SHORT.length)
    for (const [state, ...next] of lines) {
      const got = FLAGS.map(f => SHORT[nextState(table, direction, f, SHORT.indexOf(state))])
      expect([state, ...got]).toEqual([state, ...next])
    }
  })

  it('RST counts before SYN, SYN before FIN, FIN before ACK; PSH never counts', () => {
    const from = SHORT.indexOf('ES')
    const reached = (flags: number): string => SHORT[nextState(TCP_TABLE, DIRECTION_INPUT_ONLY, flags, from)]
    expect(reached(TCP_RST | TCP_SYN | TCP_FIN | TCP_ACK)).toBe('CL')
    expect(reached(TCP_SYN | TCP_FIN)).toBe('ES')
    expect(reached(TCP_FIN | TCP_ACK | TCP_PSH)).toBe('FW')
    expect(reached(TCP_ACK | TCP_PSH)).toBe('ES')
  })

  it('a packet without any of the four flags closes, from every state', () => {
    for (const table of [TCP_TABLE, TCP_TABLE_DOS])
      for (const direction of [DIRECTION_INPUT, DIRECTION_OUTPUT, DIRECTION_INPUT_ONLY])
        for (let s = 0; s < SHORT.length; s++)
          for (const flags of [0, TCP_PSH]) expect(nextState(table, direction, flags, s)).toBe(TCP_CLOSE)
  })

  it('every state has a timeout; SYN_SENT, SYN_RECV, SYNACK and ESTABLISHED are active', () => {
    expect(TCP_TIMEOUTS_S.every(s => s > 0)).toBe(true)
    expect(TCP_TIMEOUTS_S).toHaveLength(TCP_STATE_NAMES.length)
    expect(TCP_STATE_NAMES.filter((_, s) => TCP_ACTIVE[s])).toEqual(['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'SYNACK'])
    expect(TCP_STATE_NAMES.filter((_, s) => TCP_SYNCED[s])).toEqual(['ESTABLISHED', 'FIN_WAIT', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT'])
  })

  it('packets reach 6 states in direct routing and 8 with NAT; LAST_ACK and LISTEN never (findings, i06 and i09)', () => {
    const reach = (directions: readonly number[]): string[] => {
      const seen = new Set([SHORT.indexOf('NO')])
      for (const state of seen)
        for (const d of directions) for (let flags = 0; flags < 32; flags++) seen.add(nextState(TCP_TABLE, d, flags, state))
      return SHORT.filter((_, s) => seen.has(s))
    }
    expect(reach([DIRECTION_INPUT_ONLY])).toEqual(['NO', 'ES', 'SR', 'FW', 'TW', 'CL'])
    expect(reach([DIRECTION_INPUT, DIRECTION_OUTPUT])).toEqual(['NO', 'ES', 'SS', 'SR', 'FW', 'TW', 'CL', 'CW'])
  })
})
