// biome-ignore-all lint/suspicious/noTemplateCurlyInString: definitions of keepalived.conf look like that
/** The syntax of keepalived.conf before keywords: comments, quotes, braces, conditions, definitions, sequences, includes. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { formatProblem } from '../../sim-core/base/problem.ts'
import { parseKeepalived } from '../../sim-core/config/index.ts'

const parse = (text: string, configId?: string) => parseKeepalived('k.conf', mapFiles({ 'k.conf': text }), { configId })
const instance = (body: string) => `vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n${body}\n}\n`
/** The only instance of a text that must have no problems. */
const only = (text: string, configId?: string) => {
  const { config, problems } = parse(text, configId)
  expect(problems.map(formatProblem)).toEqual([])
  return config.instances[0]
}
const vips = (text: string) => only(text).vips.map(v => v.address)

describe('comments, quotes and braces', () => {
  it('# and ! begin comments anywhere; \\# and quotes keep them', () => {
    expect(
      only('! first\n# second\n' + instance('priority "90" # x ! y\nnotify_stop "/bin/a #1" ! z\nnotify_fault /bin/b\\#2')),
    ).toMatchObject({
      priority: 90,
      notify: { notify_stop: '"/bin/a #1"', notify_fault: '/bin/b#2' },
    })
  })

  it('braces on the same line, on the next, and several blocks on a line', () => {
    const next = 'vrrp_instance V\n{\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress\n{\n10.0.0.1\n}\n}\n'
    const compact = 'vrrp_instance V { interface eth0\n virtual_router_id 5\n virtual_ipaddress { 10.0.0.1 } }'
    expect(vips(next)).toEqual(['10.0.0.1'])
    expect(vips(compact)).toEqual(['10.0.0.1'])
    expect(vips(`${compact} global_defs { router_id x }`)).toEqual(['10.0.0.1'])
  })

  it('reads the compact style of the recordings', () => {
    const text = readFileSync(new URL('../fixtures/config/keepalived/recorded/e01-b1.conf', import.meta.url), 'utf8')
    const { config, problems } = parse(text)
    expect(problems).toEqual([])
    expect(config.globals.routerId).toBe('x')
    expect(config.instances[0]).toMatchObject({ name: 'VI_1', state: 'MASTER', interface: 'eth0', vrid: 51, priority: 100 })
    expect(config.instances[0].vips).toMatchObject([
      { address: '172.28.128.200', prefixLength: 32, device: 'eth0', at: { line: 9, column: 3 } },
    ])
    expect(config.virtualServers[0].realServers.map(r => [r.address, r.port, r.weight, r.checkers[0].connectTimeoutNs])).toEqual([
      ['172.28.128.31', 80, 1, 3e9],
      ['172.28.128.32', 80, 1, 3e9],
    ])
  })

  it('every node knows its place', () => {
    const v = only(instance('  priority 90'))
    expect(v.at).toEqual({ file: 'k.conf', line: 1, column: 1 })
    expect(v.where.priority).toEqual({ file: 'k.conf', line: 7, column: 3 })
    expect(v.vips[0].at).toEqual({ file: 'k.conf', line: 5, column: 1 })
  })

  it('two statements on a line: the second does not count, as in keepalived, and is reported', () => {
    const { config, problems } = parse(instance('priority 90 advert_int 2'))
    expect(config.instances[0]).toMatchObject({ priority: 90, advertIntNs: 1e9 })
    expect(problems).toMatchObject([{ code: 'words-extra', severity: 'warning', at: { line: 7, column: 13 } }])
  })
})

describe('conditions', () => {
  const text = instance('@main priority 40\n@^main priority 50\n@other priority 60')
  it.each([
    ['main', 40],
    ['b1', 50],
    ['', 50],
  ])('with config-id %j', (id, priority) => expect(only(text, id).priority).toBe(priority))
})

describe('definitions', () => {
  it('are replaced where used, with the value of that moment', () => {
    const text = `$BASE=10.2.\${SUB}\n$SUB=0\nvrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n\${BASE}.100\n$SUB=10\n\${BASE}.100\n}\n}`
    expect(vips(text)).toEqual(['10.2.0.100', '10.2.10.100'])
  })

  it('may hold several lines, conditions and uses', () => {
    const text = `$INSTANCE= \\
vrrp_instance VI_\${NUM} { \\
  interface eth0.\${NUM} \\
  virtual_router_id 1 \\
  @high priority 130 \\
  @low priority 120 \\
  virtual_ipaddress { \\
    10.0.\${NUM}.254/24 \\
  } \\
}

$NUM=0
$INSTANCE
$NUM=1
$INSTANCE
`
    const { config, problems } = parse(text, 'low')
    expect(problems).toEqual([])
    expect(config.instances.map(i => [i.name, i.interface, i.priority, i.vips[0].address])).toEqual([
      ['VI_0', 'eth0.0', 120, '10.0.0.254'],
      ['VI_1', 'eth0.1', 120, '10.0.1.254'],
    ])
    expect(config.instances[1].vips[0].at).toMatchObject({ line: 8, column: 5 })
  })

  it('may nest', () => {
    const text = `$RS= \\
real_server 10.0.\${VS}.\${N} 80 { \\
weight \${N} \\
}
$S= \\
virtual_server 10.1.\${VS}.4 80 { \\
protocol TCP \\
lb_algo rr \\
lb_kind DR \\
$N=1 \\
$RS \\
$N=2 \\
$RS \\
}
$VS=7
$S
`
    const { config, problems } = parse(text)
    expect(problems).toEqual([])
    expect(config.virtualServers[0].realServers.map(r => [r.address, r.weight])).toEqual([
      ['10.0.7.1', 1],
      ['10.0.7.2', 2],
    ])
  })

  it('a blank line ends one of several lines', () => {
    const { problems } = parse('$B= \\\nvrrp_instance V { \\\ninterface eth0 \\\n\nvirtual_router_id 5 \\\n}\n$B\n')
    expect(problems.map(p => p.code)).toEqual(['field-missing', 'no-vip', 'brace-unclosed', 'unknown-keyword', 'brace-stray'])
  })

  it('knows the predefined ones', () => {
    const text = instance('notify_stop "/x/${_INSTANCE}/${_HASH}"')
    expect(only(text, 'b1').notify.notify_stop).toBe('"/x/b1/#"')
  })

  it('may be a condition or a whole statement', () => {
    expect(only(`$IF_MAIN=@main\n$P=priority 77\n${instance('$IF_MAIN $P')}`, 'main').priority).toBe(77)
  })

  it.each([
    ['$A=${A}x\n$B=1\n' + instance('priority ${A}'), 'definition-endless'],
    ['$A= \\\n$A \\\n$A\n$A\n', 'definition-endless'],
    ['$A=${B}${B}\n$B=${A}${A}\n' + instance('priority $A'), 'definition-endless'],
    [instance('priority ${PRIO}'), 'definition-unknown'],
  ])('refuses %#', (text, code) => expect(parse(text).problems.map(p => p.code)).toContain(code))

  it('suggests the name that was meant', () => {
    expect(parse(`$PRIORITY=9\n${instance('priority $PRIORTY')}`).problems[0]).toMatchObject({
      code: 'definition-unknown',
      remedy: 'did you mean $PRIORITY?',
      at: { line: 8, column: 10 },
    })
  })
})

describe('sequences and lists', () => {
  const inside = (line: string) => vips(`vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n${line}\n}\n}`)
  it.each([
    ['~SEQ(N, 2) 10.0.0.${N}', ['10.0.0.1', '10.0.0.2']],
    ['~SEQ(N, 0, 3) 10.0.${N}.1', ['10.0.0.1', '10.0.1.1', '10.0.2.1', '10.0.3.1']],
    ['~SEQ(N, 9, -4, 1) 10.0.0.${N}', ['10.0.0.9', '10.0.0.5', '10.0.0.1']],
    ['~SEQ(A, 1, 2) ~SEQ(B, 3, 4) 10.0.${A}.${B}', ['10.0.1.3', '10.0.1.4', '10.0.2.3', '10.0.2.4']],
    ['~LST(N, 7, 5) 10.0.0.${N}', ['10.0.0.7', '10.0.0.5']],
    ['~LST({A, B}, {10,1},{20,4}) 10.0.${A}.${B}', ['10.0.10.1', '10.0.20.4']],
  ])('%s', (line, expected) => expect(inside(line)).toEqual(expected))

  it('~SEQx counts in hexadecimal', () => {
    expect(parse('~SEQx(N, 0x90, 0x10, 0xc0) bogus${N}').problems.map(p => /"(\w+)"/.exec(p.message)?.[1])).toEqual([
      'bogus90',
      'bogusa0',
      'bogusb0',
      'bogusc0',
    ])
  })

  it.each([
    ['~SEQ(N, 1, 0, 5) x', 'its step leads away'],
    ['~SEQ(N, 1, 2', 'its brackets are not closed'],
    ['~SEQ(1N, 2) x', 'no name of a variable'],
    ['~SEQ(N, a) x', 'not whole'],
    ['~SEQ(N, 0, 99999999) x', 'more than'],
    ['~LST(N) x', 'at least one value'],
    ['~LST({A,B},{1}) x', 'needs 2 parts'],
    ['~FOO(N) x', 'there is no such block'],
  ])('refuses %s', (line, why) => {
    const { problems } = parse(line)
    expect(problems[0]).toMatchObject({ code: 'sequence-malformed', at: { line: 1, column: 1 } })
    expect(problems[0].message).toContain(why)
  })

  it('has a limit on what sequences may make', () => {
    expect(parse('~SEQ(A,1,60000) ~SEQ(B,1,60000) x').problems.map(p => p.code)).toContain('file-size')
  })
})

describe('include', () => {
  const part = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n'
  const files = (more: Record<string, string>) => mapFiles(more)

  it('is relative to the including file, with patterns and braces', () => {
    const source = files({
      'conf/k.conf': 'include conf.d/*.conf\ninclude {extra,more}/x.inc\n',
      'conf/conf.d/b.conf': 'global_defs {\nrouter_id b\n}\ninclude ../last.inc\n',
      'conf/conf.d/a.conf': 'global_defs {\nrouter_id a\n}\n',
      'conf/last.inc': part,
      'conf/extra/x.inc': 'global_defs {\nlvs_flush\n}\n',
      'conf/more/x.inc': 'global_defs {\nvrrp_strict\n}\n',
    })
    const { config, problems } = parseKeepalived('conf/k.conf', source)
    expect(problems).toMatchObject([{ code: 'keyword-repeated', at: { file: 'conf/conf.d/b.conf', line: 2 } }])
    expect(config.globals).toMatchObject({ routerId: 'b', lvsFlush: true, vrrpStrict: true })
    expect(config.instances[0].vips[0].at).toEqual({ file: 'conf/last.inc', line: 5, column: 1 })
  })

  it('works inside a block', () => {
    const source = files({
      'k.conf': 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\ninclude vips\n}\n}\n',
      vips: '10.0.0.1\n10.0.0.2\n',
    })
    expect(parseKeepalived('k.conf', source).config.instances[0].vips.map(v => v.address)).toEqual(['10.0.0.1', '10.0.0.2'])
  })

  it.each([
    ['a loop', { 'k.conf': 'include a\n', a: 'include k.conf\n' }, 'include-loop', 'a'],
    ['a missing file', { 'k.conf': '\ninclude  nowhere\n' }, 'include-missing', 'k.conf'],
    ['a strict pattern without files', { 'k.conf': 'includea *.inc\n' }, 'include-no-match', 'k.conf'],
    ['a missing main file', {}, 'file-missing', 'k.conf'],
  ])('%s', (_what, sources, code, file) => {
    const { problems } = parseKeepalived('k.conf', files(sources as Record<string, string>))
    expect(problems[0]).toMatchObject({ code, severity: 'error', at: { file } })
    expect(problems[0].remedy).toBeTruthy()
  })

  it('a pattern without files is a warning, as keepalived goes on', () => {
    expect(parse('include conf.d/*.conf\n').problems).toMatchObject([{ code: 'include-no-match', severity: 'warning', at: { column: 9 } }])
  })

  it('has limits on depth and number', () => {
    const chain = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, `include f${i + 1}\n`]))
    expect(parseKeepalived('f0', files(chain)).problems.map(p => p.code)).toContain('include-limit')
    const many = { 'k.conf': Array.from({ length: 600 }, () => 'include part').join('\n'), part: '# nothing\n' }
    expect(parseKeepalived('k.conf', files(many)).problems.map(p => p.code)).toEqual(expect.arrayContaining(['include-limit']))
  })
})

describe('properties', () => {
  const folder = new URL('../fixtures/config/keepalived/', import.meta.url)
  const corpus = ['everything.conf', ...readdirSync(new URL('recorded/', folder)).map(f => `recorded/${f}`)].map(f =>
    readFileSync(new URL(f, folder), 'utf8'),
  )

  it('never throws on a real file with something changed', () => {
    const piece = fc.oneof(
      fc.constantFrom('{', '}', '"', '#', '$A=', '${A}', '~SEQ(A,1,3) ', '@x ', '\n', '\\', 'include k.conf\n', '-1', '999999999999'),
      fc.string({ maxLength: 4 }),
    )
    const mutated = fc
      .tuple(fc.constantFrom(...corpus), fc.array(fc.tuple(fc.nat(), piece, fc.nat(20)), { maxLength: 5 }))
      .map(([text, edits]) =>
        edits.reduce((t, [place, put, cut]) => {
          const i = place % (t.length + 1)
          return t.slice(0, i) + put + t.slice(i + cut)
        }, text),
      )
    fc.assert(
      fc.property(mutated, text => {
        for (const p of parse(text).problems) {
          expect(p.at.line).toBeGreaterThan(0)
          expect(p.at.column).toBeGreaterThan(0)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('never throws on any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc
            .array(
              fc.constantFrom('{', '}', ' ', '\n', 'vrrp_instance', 'V', '"', '$A', '=', '\\\n', '~LST(', ')', ',', 'group', '10.0.0.1'),
              { maxLength: 60 },
            )
            .map(w => w.join('')),
        ),
        text => {
          parse(text)
        },
      ),
      { numRuns: 300 },
    )
  })
})
