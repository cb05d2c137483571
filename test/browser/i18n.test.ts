/**
 * Goal: nothing on the page is untranslated, in either language. Method: the dictionaries key by key, the keys that the
 * sources use, the lessons' texts, the names of the scenarios.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import en from '../../viz/i18n/en.json'
import ru from '../../viz/i18n/ru.json'
import { loadScenario, makeReport, mapFiles, simulate, Simulation, VERBS } from '../../sim-core/index.ts'
import { russianAnswer } from '../../viz/i18n/answers.ru.ts'
import { russianCause, russianWhat } from '../../viz/i18n/sentences.ru.ts'

const walk = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap(e => (e.isDirectory() ? walk(`${dir}/${e.name}`) : [`${dir}/${e.name}`]))
const sources = walk('viz').filter(f => /\.tsx?$/.test(f))
const text = sources.map(f => readFileSync(f, 'utf8')).join('\n')
const dictionaries: Readonly<Record<string, Readonly<Record<string, string>>>> = { en, ru }

describe('the dictionaries', () => {
  it('have the same keys, in order, and no empty text', () => {
    expect(Object.keys(ru)).toEqual(Object.keys(en))
    expect(Object.keys(en)).toEqual(Object.keys(en).slice().sort())
    for (const d of Object.values(dictionaries)) for (const [key, value] of Object.entries(d)) expect(value.trim(), key).not.toBe('')
  })

  it('have the same placeholders in both languages', () => {
    const holes = (s: string): string[] => (s.match(/\{\w+\}/g) ?? []).sort()
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(holes(ru[key]), key).toEqual(holes(en[key]))
  })

  it('have every key that the sources name', () => {
    const named = Array.from(text.matchAll(/\bt\('([^']+)'/g), m => m[1])
    expect(named.length).toBeGreaterThan(80)
    expect(named.filter(k => !(k in en))).toEqual([])
  })

  it('have every plural form that the language counts with', () => {
    const counted = new Set(Array.from(text.matchAll(/\btn\('([^']+)'/g), m => m[1]))
    expect(counted.size).toBeGreaterThan(2)
    for (const key of counted)
      for (const [l, d] of Object.entries(dictionaries))
        for (const form of new Intl.PluralRules(l).resolvedOptions().pluralCategories) expect(d, l).toHaveProperty([`${key}.${form}`])
  })

  it('say the Russian in Russian: what has no Cyrillic letter is a word of the protocols', () => {
    const latin = Object.entries(ru).filter(([, v]) => !/[а-яё]/i.test(v))
    const allowed = /^look\.(ack|arp|fin|icmp|rst|syn|sync)$/
    expect(latin.map(([k]) => k).filter(k => !allowed.test(k))).toEqual([])
  })

  it('name every verb of an event that the page can cause or show, and only scenarios that are there', () => {
    const verbs = Object.keys(VERBS).filter(
      v =>
        ![
          'real_server',
          'ipvsadm',
          'sysctl',
          'set',
          'garp',
          'script_fail',
          'script_ok',
          'track_file',
          'process_down',
          'process_up',
        ].includes(v),
    )
    expect(verbs.filter(v => !(`told.${v}` in en))).toEqual([])
    const own = Object.keys(en).filter(k => k.startsWith('preset.'))
    expect(own.length).toBeGreaterThan(5)
    const scenarios = walk('scenarios').filter(f => f.endsWith('.yaml'))
    expect(own.filter(k => !scenarios.includes(`scenarios/${k.slice(7)}.yaml`))).toEqual([])
    const offered = scenarios.filter(f => !f.startsWith('scenarios/lint/')).map(f => f.slice(10, -5))
    expect(offered.filter(name => !own.includes(`preset.${name}`))).toEqual([])
    expect([...new Set(offered.map(name => name.split('/')[0]))].filter(f => !(`folder.${f}` in en))).toEqual([])
  })
})

describe('the lessons', () => {
  const lessons = readdirSync('viz/lessons')
    .filter(f => f.endsWith('.yaml'))
    .map(f => ({ f, lesson: parse(readFileSync(`viz/lessons/${f}`, 'utf8')) as Record<string, unknown> }))

  it.each(lessons)('$f says everything in both languages', ({ lesson }) => {
    const wrong: string[] = []
    const look = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      const v = value as Record<string, unknown>
      if ('en' in v || 'ru' in v) {
        if (typeof v['en'] !== 'string' || v['en'] === '') wrong.push(`${path}.en`)
        if (typeof v['ru'] !== 'string' || !/[а-яё]|^b2$/i.test(v['ru'])) wrong.push(`${path}.ru`)
      } else for (const [k, x] of Object.entries(v)) look(x, `${path}.${k}`)
    }
    look(lesson, 'lesson')
    expect(wrong).toEqual([])
  })

  it.each(lessons)('$f: every question has one right answer, every step lies in order and names a scenario that is there', ({ lesson }) => {
    const steps = lesson['steps'] as { at: number; until?: number; scenario?: string; predict?: { answers: { right?: boolean }[] } }[]
    for (const s of steps) {
      if (s.predict !== undefined) expect(s.predict.answers.filter(a => a.right === true)).toHaveLength(1)
      if (s.until !== undefined) expect(s.until).toBeGreaterThan(s.at)
    }
    for (const name of [lesson['scenario'], ...steps.flatMap(s => s.scenario ?? [])])
      expect(readFileSync(`scenarios/${String(name)}.yaml`, 'utf8')).toContain('scenario:')
  })
})

describe('the stories of the lessons', () => {
  const files = Object.fromEntries(walk('scenarios').map(f => [f, readFileSync(f, 'utf8')]))
  const told = (name: string): { what: string; cause: string; kind: string }[] => {
    const path = `scenarios/${name}.yaml`
    // A hundredth of the traffic tells the same story.
    const { model } = loadScenario(path, mapFiles({ ...files, [path]: files[path].replace('rate: 1.5Gbit', 'rate: 15Mbit') }))
    if (model === undefined) throw new Error(`${path} cannot be loaded`)
    const simulation = new Simulation(model)
    simulation.run()
    return simulation.happenings.map(h => ({ what: h.what, cause: h.cause?.text ?? '', kind: h.kind }))
  }

  it.each(['coursework/inactconn', 'coursework/failover-crash', 'coursework/failover-stop', 'capacity/three-vips'])(
    '%s: every sentence is Russian',
    name => {
      const sentences = told(name).filter(h => !['advert', 'garp', 'log', 'vip', 'fault'].includes(h.kind))
      expect(sentences.length).toBeGreaterThan(4)
      const english = new Set<string>()
      for (const { what, cause, kind } of sentences) {
        if (kind !== 'state' && !/[а-яё]/i.test(russianWhat(what))) english.add(what)
        if (cause !== '' && !/[а-яё]/i.test(russianCause(cause))) english.add(cause)
      }
      expect([...english]).toEqual([])
    },
  )

  /** Sentences of long runs, as the scenarios gave them. */
  const LONG = [
    'with b1 lost, b2 has 2 of 3 VIPs (10.10.1.10 and 10.10.1.20), 2 × 0.5 Gbit/s = 1 Gbit/s of IP, which is 102.6 % of the wire rate of its 1 Gbit/s link (switch→b2): 1.68 % of ingress is lost (73,449 packets)',
    "4 VIPs with the orders b1>b2>b3, b2>b3>b1, b3>b2>b1 and b1>b3>b2 put at most 76.9 % on a survivor's link; 6 VIPs can be even before (51.3 %) and after (76.9 %)",
    'Takeover after crash b1 at 8 s, judged apart: 1 of 3 VIPs moved, up to 3.207 s without a MASTER; lost until 12.3 s: 134,848 packets of hit (74.4 %) and 7,042 packets of others (1.95 %).',
    "The real servers' links are as full as the fullest balancer's: switch→s1 and switch→s2 at 76.9 % throughout; it takes more real servers before more balancers help.",
    "The real servers' links, not the balancers', are the limit, in window before: switch→s1 and switch→s2 at 76.9 % throughout, the balancers' at most 51.3 % then.",
    'apart from the takeover after crash b1, which cost 227,655 packets of ingress (41.8 %), all that was sent was delivered; the busiest link, b3→switch, is offered 76.9 % of its wire rate (window after)',
    'no packet to 10.10.1.10 was delivered in window deaf: no balancer was MASTER for it',
  ]
  /** What is the same in both languages: names, addresses, words of the protocols. */
  const NAMES =
    /\b(?:VIPs?|MASTER|BACKUP|SYN|FIN|FIN_WAIT|InActConn|IP|ICMP|port unreachable|direct routing|HZ|lo|ip_forward|keepalived|retry|delay_before_retry|inhibit_on_failure|vip_on_lo|serves|all|eth\d|[bs]\d|switch|s\d|curl|ingress|hit|others|load|after|before|deaf|flood|checked|downloads|overdue|probe)\b|`[^`]*`|[\w.-]+#\d+|\S+→\S+|(?:b\d>)+b\d/g

  it('the verdict’s sentences are Russian to the last word', () => {
    const short = ['coursework/inactconn', 'coursework/failover-crash', 'coursework/failover-stop', 'coursework/failover-without-sync']
    const given = short.flatMap(name => {
      const { model } = loadScenario(`scenarios/${name}.yaml`, mapFiles(files))
      if (model === undefined) throw new Error(`${name} cannot be loaded`)
      const { answer } = makeReport(model, simulate(model))
      return [answer.sentence, ...(answer.remedy === undefined ? [] : [answer.remedy]), ...answer.notes]
    })
    expect(given.length).toBeGreaterThan(8)
    const left = [...given, ...LONG].flatMap(
      text =>
        russianAnswer(text)
          .replace(NAMES, '')
          .match(/[A-Za-z]{2,}/g) ?? [],
    )
    expect(left).toEqual([])
    expect(russianAnswer(LONG[0])).toContain('2 × 0,5 Гбит/с = 1 Гбит/с IP, это 102,6 % скорости')
    expect(russianAnswer(LONG[2])).toContain('до 3,207 с; потери до 12,3 с: пакетов hit: 134\u00a0848 (74,4 %)')
  })

  it('keeps the numbers, with commas', () => {
    expect(russianCause('no advert from 10.10.1.1 since 19.716 s; 3 × 1 s + skew (256 − 101)/256 s = 3.605469 s')).toBe(
      'нет объявлений от 10.10.1.1 с момента 19,716 с; 3 × 1 с + поправка (256 − 101)/256 s = 3,605469 с'.replace('/256 s', '/256 с'),
    )
  })
})
