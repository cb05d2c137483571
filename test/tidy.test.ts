/**
 * Goal: the house stays as docs/ARCHITECTURE.md describes it. Each failure names the file and says what to do instead.
 * Method: reads the sources as text. Import ranks, purity of sim-core, forbidden words, sizes, unfinished markers.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const RANKS = [
  ...['base', 'config', 'trace', 'engine', 'net', 'protocols', 'daemons', 'traffic', 'metrics', 'expect', 'scenario', 'compile', 'rates'],
  ...['plan', 'conform', 'sweep', 'report', 'index'],
]
/** Two areas of one rank that may not see each other; everything else of a rank may be imported by its index. */
const SAME_RANK = new Set(['plan', 'conform'])

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8', maxBuffer: 1e8 })
  .split('\n')
  .filter(f => f !== '' && existsSync(f))
const sources = files.filter(f => /^(sim-core|cli|viz|bench|test)\/.*\.tsx?$/.test(f))
const core = sources.filter(f => f.startsWith('sim-core/'))
const text = new Map(sources.map(f => [f, readFileSync(f, 'utf8')]))
const read = (f: string): string => text.get(f) as string
const withoutComments = (s: string): string =>
  s.replace(/\/\*[\s\S]*?\*\//g, m => m.replace(/[^\n]/g, ' ')).replace(/(^|[^:'"`])\/\/.*$/gm, '$1')

const imports = (f: string): { spec: string; target: string }[] =>
  Array.from(withoutComments(read(f)).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g), m => {
    const parts = [...f.split('/').slice(0, -1)]
    for (const p of m[1].split('/')) p === '..' ? parts.pop() : p !== '.' && parts.push(p)
    return { spec: m[1], target: parts.join('/') }
  })

/** `sim-core/protocols/vrrp/x.ts` → area `protocols/vrrp`, rank of `protocols`. */
function place(f: string): { area: string; rank: number } {
  const [, top, sub] = f.split('/')
  if (top === 'index.ts') return { area: 'index', rank: RANKS.indexOf('index') }
  const area = top === 'protocols' || top === 'daemons' ? `${top}/${sub}` : top
  return { area, rank: RANKS.indexOf(top) }
}

describe('the house', () => {
  it('imports go down the ranks, and into another area only by its index or from base and trace', () => {
    const wrong: string[] = []
    for (const f of core) {
      const from = place(f)
      for (const { target } of imports(f)) {
        if (!target.startsWith('sim-core/')) {
          wrong.push(`${f}: imports ${target}: sim-core imports nothing outside itself`)
          continue
        }
        const to = place(target)
        if (to.area === from.area) continue
        if (to.rank > from.rank)
          wrong.push(`${f}: imports ${target}, which ranks above it: move what both need down (ranks: ${RANKS.join(' < ')})`)
        else if (to.rank === from.rank && SAME_RANK.has(to.area.split('/')[0]))
          wrong.push(`${f}: imports ${target}: ${from.area} and ${to.area} are siblings`)
        else if (!['base', 'trace'].includes(to.area) && !/\/index\.ts$/.test(target))
          wrong.push(`${f}: imports ${target}: go through ${target.replace(/\/[^/]*$/, '/index.ts')}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('cli and viz see the core only through sim-core/index.ts', () => {
    const wrong = sources
      .filter(f => /^(cli|viz)\//.test(f))
      .flatMap(f =>
        imports(f)
          .filter(i => i.target.startsWith('sim-core/') && i.target !== 'sim-core/index.ts')
          .map(i => `${f}: imports ${i.target}: export it from sim-core/index.ts`),
      )
    expect(wrong).toEqual([])
  })

  it('sim-core is pure', () => {
    const banned: [RegExp, string][] = [
      [
        /\bMath\.(random|log\w*|exp\w*|pow|cbrt|sin\w*|cos\w*|tan\w*|a(?:sin|cos|tan)\w*|hypot)\b/,
        'use base/math.ts or base/random.ts: the platform’s differ between engines',
      ],
      [
        /(?<![\w.])Date\b|\bperformance\b|(?<![\w.])process\.|\bsetTimeout\b|\bsetInterval\b|\bqueueMicrotask\b/,
        'there is no wall clock in the core',
      ],
      [
        /\brequire\(|from\s+'node:|\bdocument\.|\bwindow\.(?:document|location|addEventListener)|\blocalStorage\b|\bfetch\(/,
        'the core runs anywhere: no Node, no DOM',
      ],
      [/\blocaleCompare\b|\.toLocale\w+\(|\bIntl\b/, 'compare by code units: locales differ between machines'],
      [/(?<=[\w)\]] )(?<!\b[28] )\*\*(?!\s*-?\d)/, 'powers with a variable exponent are the engine’s own: use base/math.ts pow'],
    ]
    const wrong: string[] = []
    for (const f of core)
      withoutComments(read(f))
        .split('\n')
        .forEach((line, i) => {
          for (const [re, why] of banned) if (re.test(line)) wrong.push(`${f}:${i + 1}: ${line.trim().slice(0, 80)}: ${why}`)
        })
    expect(wrong).toEqual([])
  })

  it('nothing is unfinished, skipped or narrowed', () => {
    // The words are put together here so that this file does not find itself.
    const markers = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X'.repeat(3), 'HA' + 'CK'].join('|')})\\b|not ${'implemented'}`)
    const narrowed = new RegExp(`\\b(it|test|describe)\\.(${['sk' + 'ip', 'on' + 'ly', 'to' + 'do'].join('|')})\\b|\\bx${'it'}\\(`)
    const wrong = sources.flatMap(f =>
      read(f)
        .split('\n')
        .flatMap((line, i) => (markers.test(line) || narrowed.test(line) ? [`${f}:${i + 1}: ${line.trim().slice(0, 100)}`] : [])),
    )
    expect(wrong).toEqual([])
  })

  it('names no path of a machine and no registry', () => {
    const places = new RegExp(['/wo' + 'rk/', '/ro' + 'ot/', '/ho' + 'me/[a-z]', 'registry\\.' + 'npmjs', 'deb\\.' + 'debian'].join('|'))
    const tracked = files.filter(f => /\.(ts|tsx|md|json|yaml|yml|html|css|mjs|conf|toml)$/.test(f) && !f.startsWith('test/conformance/'))
    const wrong = tracked.flatMap(f =>
      readFileSync(f, 'utf8')
        .split('\n')
        .flatMap((line, i) => (places.test(line) ? [`${f}:${i + 1}: ${line.trim().slice(0, 100)}`] : [])),
    )
    expect(wrong).toEqual([])
  })

  it('files stay readable: under 400 lines, with a header that says what they are', () => {
    const wrong: string[] = []
    for (const f of sources) {
      const lines = read(f).split('\n').length
      if (lines > 400) wrong.push(`${f}: ${lines} lines: one idea a file`)
      if (f.startsWith('sim-core/') && !f.endsWith('/index.ts') && !/^\/\*\*/.test(read(f)))
        wrong.push(`${f}: begin with a comment that says what this is and why it is shaped so`)
    }
    expect(wrong).toEqual([])
  })
})
