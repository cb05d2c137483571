/**
 * Goal: a recording that is damaged is told by file and line, all at once, and nothing that a file holds throws or hangs.
 * Method: small cases by hand, each with one thing wrong; then cases mutated at random (fast-check).
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { conform } from '../../sim-core/index.ts'
import { casesOf, recordings } from './files.ts'

const CASE = {
  id: 'x01',
  title: 'one host',
  group: 'vrrp',
  hosts: { b1: { address: '10.0.0.1/24' } },
  actions: [{ t: 1, do: 'note', text: 'nothing' }],
  duration_s: 2,
  measured: { engine: 'virtual time' },
}
const LINE = '{"t":1,"kind":"garp","host":"b1","ip":"10.0.0.9"}\n'

const read = (json: unknown, lines = LINE) =>
  conform.readCase(
    mapFiles({ 'x/case.json': typeof json === 'string' ? json : JSON.stringify(json, null, 1), 'x/observed.jsonl': lines }),
    'x',
  )
const codes = (json: unknown, lines?: string) => read(json, lines).problems.map(p => `${p.at.file}:${p.at.line} ${p.code}`)

describe('reading a recording', () => {
  it('gives hosts, actions and lines as typed data', () => {
    const { case: recorded, problems } = read(CASE)
    expect(problems).toEqual([])
    expect(recorded?.virtualTime).toBe(true)
    expect(recorded?.observed).toEqual([{ kind: 'garp', t: 1, host: 'b1', ip: '10.0.0.9', if: undefined }])
  })

  it('takes both spellings of an advert', () => {
    const vrrp = '{"t":1,"kind":"advert","host":"b1","version":3,"vrid":5,"prio":100,"adv_int_s":0.5,"vips":[]}\n'
    const ipvs = '{"t":1,"kind":"advert","host":"b1","ver":3,"vrid":5,"priority":100,"adv_int":0.5,"vips":[]}\n'
    expect(read(CASE, vrrp).case?.observed).toEqual(read(CASE, ipvs).case?.observed)
  })

  it.each([
    ['a folder without case.json', undefined, 'y/case.json:1 file-missing'],
    ['text that is not JSON', '{"id": 1,\n  oops', 'x/case.json:2 json-syntax'],
    ['an address that is none', { ...CASE, hosts: { b1: { address: 'ten' } } }, 'x/case.json:7 case-shape'],
    ['a verb that does not exist', { ...CASE, actions: [{ t: 1, do: 'explode', host: 'b1' }] }, 'x/case.json:13 case-shape'],
    ['an action on an unknown host', { ...CASE, actions: [{ t: 1, do: 'stop', host: 'b7' }] }, 'x/case.json:1 case-host'],
    [
      'a rules file that is not there',
      { ...CASE, hosts: { b1: { address: '10.0.0.1', ipvsadm: 'no.rules' } } },
      'x/case.json:1 file-missing',
    ],
  ])('tells %s', (_what, json, expected) => {
    const told =
      json === undefined ? conform.readCase(mapFiles({}), 'y').problems.map(p => `${p.at.file}:${p.at.line} ${p.code}`) : codes(json)
    expect(told).toContain(expected)
  })

  it('tells every wrong line by its number', () => {
    expect(codes(CASE, `${LINE}{"t":1}\nnot json\n${LINE}{"t":1,"kind":"garp","host":3}\n`)).toEqual([
      'x/observed.jsonl:2 observed-line',
      'x/observed.jsonl:3 observed-line',
      'x/observed.jsonl:5 observed-line',
    ])
  })

  it('never throws, whatever is changed in a real case', () => {
    const directory = casesOf('ipvs')[0]
    const source = (name: string) => {
      const found = recordings.read(`${directory}/${name}`)
      return found.ok ? found.text : ''
    }
    const originals = { json: source('case.json'), lines: source('observed.jsonl').slice(0, 20_000), rules: source('b1.rules') }
    const change = fc.record({ at: fc.nat(19_999), drop: fc.nat(60), put: fc.string({ maxLength: 20 }) })
    const apply = (text: string, c: { at: number; drop: number; put: string }) => text.slice(0, c.at) + c.put + text.slice(c.at + c.drop)
    fc.assert(
      fc.property(fc.constantFrom('json', 'lines', 'rules'), change, (which, c) => {
        const texts = { ...originals, [which]: apply(originals[which as keyof typeof originals], c) }
        const files = mapFiles({
          'x/case.json': texts.json,
          'x/observed.jsonl': texts.lines,
          ...Object.fromEntries(['b1', 'b2', 'b3'].map(b => [`x/${b}.rules`, texts.rules])),
        })
        const { case: recorded, problems } = conform.readCase(files, 'x')
        expect(recorded !== undefined || problems.length > 0).toBe(true)
        if (recorded !== undefined) conform.modelOf(recorded, files)
      }),
      { numRuns: 150, seed: 1 },
    )
  })
})
