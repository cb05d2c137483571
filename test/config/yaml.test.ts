/** YAML reader: values, positions, limits, and that nothing makes it throw. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathText, readYaml, YAML_ALIAS_MAX, YAML_DEPTH_MAX, YAML_SIZE_MAX_CHARS } from '../../sim-core/config/yaml/index.ts'

const text = `# a comment
scenario: three VIPs
hosts:
  b1: { address: 10.10.1.1/24, link: { rate: 1Gbit } }
  b2:
    address: 10.10.1.2/24
expect:
  - { metric: vip.owner, at: 30s }
  - metric: vip.outage
    is: "<= 3.606s"
on: yes
time: 12:30
`

describe('readYaml', () => {
  const file = readYaml('s.yaml', text)

  it('gives plain YAML 1.2 values: on, yes and 12:30 stay words', () => {
    expect(file.problems).toEqual([])
    expect(file.value).toEqual({
      scenario: 'three VIPs',
      hosts: { b1: { address: '10.10.1.1/24', link: { rate: '1Gbit' } }, b2: { address: '10.10.1.2/24' } },
      expect: [
        { metric: 'vip.owner', at: '30s' },
        { metric: 'vip.outage', is: '<= 3.606s' },
      ],
      on: 'yes',
      time: '12:30',
    })
  })

  it.each([
    [['scenario'], 2, 11, 1],
    [['hosts', 'b1', 'link', 'rate'], 4, 46, 40],
    [['hosts', 'b2', 'address'], 6, 14, 5],
    [['expect', 1, 'is'], 10, 9, 5],
    [['expect', 0], 8, 5, 5],
  ])('locates %j at line %i: value in column %i, key in column %i', (path, line, valueColumn, keyColumn) => {
    expect(file.locate(path)).toEqual({ file: 's.yaml', line, column: valueColumn })
    expect(file.locateKey(path)).toEqual({ file: 's.yaml', line, column: keyColumn })
  })

  it('locates a missing key at its nearest parent', () => {
    expect(file.locate(['hosts', 'b2', 'link', 'rate'])).toEqual(file.locate(['hosts', 'b2']))
    expect(file.locate(['nowhere'])).toEqual(file.locate([]))
  })

  it('writes paths as messages name them', () => expect(pathText(['expect', 1, 'is'])).toBe('expect[1].is'))

  it('follows aliases and merges', () => {
    const merged = readYaml('s.yaml', 'a: &a { rate: 1Gbit }\nb: { <<: *a, delay: 1us }\nc: *a\n')
    expect(merged.value).toMatchObject({ b: { rate: '1Gbit', delay: '1us' }, c: { rate: '1Gbit' } })
    expect(merged.locate(['c', 'rate'])).toEqual({ file: 's.yaml', line: 1, column: 15 })
  })
})

const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`).join('\n')}\n`

describe('what is wrong in a YAML file', () => {
  it.each([
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', 'yaml-duplicate-key', 3, 1],
    ['a tab for indentation', 'a:\n\tb: 1\n', 'yaml-syntax', 2, 1],
    ['an unclosed bracket', 'a: [1, 2\nb: 3\n', 'yaml-syntax', 2, 1],
    ['an unknown alias', 'a: *b\n', 'yaml-syntax', 1, 4],
    ['two documents', 'a: 1\n---\nb: 2\n', 'yaml-syntax', 2, 1],
    ['a bomb of aliases', bomb, 'yaml-alias', 1, 1],
    ['brackets too deep', `a: ${'['.repeat(YAML_DEPTH_MAX + 1)}`, 'yaml-depth', 1, 4 + YAML_DEPTH_MAX],
    ['dashes too deep', `${'- '.repeat(20_000)}x`, 'yaml-depth', 1, 1],
    ['indents too deep', Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}k:`).join('\n'), 'yaml-depth', YAML_DEPTH_MAX + 1, 1],
    ['an empty file', '\n\n', 'file-empty', 1, 1],
    ['a binary file', 'a: 1\n\u0000\u0001', 'file-binary', 2, 1],
    ['a file that is too large', 'a: 1\n'.repeat(YAML_SIZE_MAX_CHARS / 5 + 1), 'file-size', 1, 1],
  ])('%s', (_what, source, code, line, column) => {
    const { problems } = readYaml('s.yaml', source)
    expect(problems[0]).toMatchObject({ code, severity: 'error', at: { file: 's.yaml', line, column } })
    expect(problems[0].remedy).toBeTruthy()
  })

  it('reports every duplicate at once', () => {
    expect(readYaml('s.yaml', 'a: 1\na: 2\nb: 1\nb: 2\n').problems.map(p => p.at.line)).toEqual([2, 4])
  })

  it(`allows up to ${YAML_ALIAS_MAX} values by aliases`, () => {
    const many = `a: &a x\nl: [${Array(200).fill('*a').join(', ')}]\n`
    expect(readYaml('s.yaml', many).problems).toEqual([])
  })

  it('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '"',
      "'",
      '#',
      '|',
      '>',
      '!',
      '%',
      '?',
      ',',
      '\t',
      '<<: ',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(pieces, { maxLength: 60 }).map(p => p.join('')),
        ),
        source => {
          const r = readYaml('s.yaml', source)
          r.locate(['a', 0, 'b'])
          expect(r.value !== undefined || r.problems.length > 0 || source.trim() !== '').toBe(true)
        },
      ),
      { numRuns: 400 },
    )
  })
})
