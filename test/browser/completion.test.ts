/** Goal: the editor offers what may stand at the cursor, and nothing from elsewhere. Method: text up to the cursor in, words out. */
import { describe, expect, it } from 'vitest'
import { keepalivedWords, placeOf, scenarioWords } from '../../viz/editor/completion.ts'

const labels = (before: string): string[] => scenarioWords(before, ['b1', 'b2']).map(c => c.label)

describe('where the cursor is', () => {
  it.each([
    ['', [], false],
    ['hosts:\n  b1: { address: 10.0.0.1/24, ', ['hosts', 'b1'], false],
    ['hosts:\n  b1: { link: { rate: ', ['hosts', 'b1', 'link', 'rate'], true],
    ['hosts:\n  b1:\n    link:\n      ', ['hosts', 'b1', 'link'], false],
    ['events:\n  - { at: 12s, crash: ', ['events', 'crash'], true],
    ['events:\n  - at: 12s\n    ', ['events'], false],
    ['traffic:\n  load: { to: [10.0.0.1:80], ', ['traffic', 'load'], false],
  ])('after %j', (before, path, value) => {
    expect(placeOf(before)).toEqual({ path, value })
  })
})

describe('what is offered', () => {
  it('at the left edge, the parts of a scenario, each with what it means', () => {
    expect(labels('')).toEqual(expect.arrayContaining(['hosts', 'traffic', 'events', 'expect']))
    expect(scenarioWords('', []).find(c => c.label === 'events')?.info).toMatch(/happens/)
  })

  it('in a host its keys, in an event the verbs, after a verb the hosts', () => {
    expect(labels('hosts:\n  b1: { ')).toEqual(expect.arrayContaining(['address', 'keepalived', 'link']))
    expect(labels('hosts:\n  b1: { ')).not.toContain('crash')
    expect(labels('events:\n  - { at: 12s, ')).toEqual(expect.arrayContaining(['crash', 'link_down']))
    expect(labels('events:\n  - { at: 12s, crash: ')).toEqual(expect.arrayContaining(['b1', 'b2']))
  })

  it('nothing where the schema knows nothing, whatever is typed', () => {
    for (const text of ['nonsense:\n  x: { y: ', '}}}]]', '- - -\n\t:', 'hosts:\n  "a: {']) expect(() => labels(text)).not.toThrow()
    expect(labels('nonsense:\n  x: { ')).toEqual([])
  })

  it('in keepalived.conf, the keywords of the block and the values of a keyword', () => {
    const words = (before: string): string[] => keepalivedWords(before).map(c => c.label)
    expect(words('')).toContain('vrrp_instance')
    expect(words('vrrp_instance VI_1 {\n  ')).toEqual(expect.arrayContaining(['priority', 'virtual_ipaddress']))
    expect(words('vrrp_instance VI_1 {\n  state ')).toEqual(['MASTER', 'BACKUP'])
    expect(words('vrrp_instance VI_1 { # {\n}\n')).toContain('virtual_server')
    expect(words('virtual_server 10.0.0.1 80 {\n  real_server 10.0.0.2 80 {\n    TCP_CHECK {\n      ')).toContain('connect_timeout')
  })
})
