/** What is wrong in a keepalived.conf: each mistake with its place, its code and what to write; all of them at once. */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { formatProblem } from '../../sim-core/base/problem.ts'
import { parseKeepalived } from '../../sim-core/config/index.ts'

const parse = (text: string) => parseKeepalived('k.conf', mapFiles({ 'k.conf': text }))
const instance = (body: string, name = 'V', vrid = 5, vip = '10.0.0.1') =>
  `vrrp_instance ${name} {\n  interface eth0\n  virtual_router_id ${vrid}\n  virtual_ipaddress {\n    ${vip}\n  }\n${body}\n}\n`
const places = (text: string) => parse(text).problems.map(p => `${p.at.line}:${p.at.column} ${p.severity} ${p.code}`)

describe('braces', () => {
  it('unclosed at the end: points at the opening one', () => {
    expect(places('vrrp_instance V {\n  interface eth0\n  virtual_router_id 5\n  virtual_ipaddress {\n    10.0.0.1\n  }\n')).toEqual([
      '1:17 error brace-unclosed',
    ])
  })

  it('unclosed in the middle: the next instance is still read, and the indent tells which one it is', () => {
    const text = `vrrp_instance A {
  interface eth0
  virtual_router_id 5
  virtual_ipaddress {
    10.0.0.1
}
vrrp_instance B {
  interface eth0
  virtual_router_id 6
  virtual_ipaddress {
    10.0.0.2
  }
}
`
    const { config, problems } = parse(text)
    expect(config.instances.map(i => i.name)).toEqual(['A', 'B'])
    expect(problems.map(formatProblem)).toEqual([
      'k.conf:1:17: error[brace-unclosed]: vrrp_instance A: the block that this { opens is never closed\n  add the closing }; by its indent the } of line 6 was meant for it, and the { of line 4 lacks one',
    ])
  })

  it('one too many', () => {
    expect(places(`${instance('')}}\n${instance('', 'W', 6, '10.0.0.2')}`)).toEqual(['9:1 error brace-stray'])
  })

  it('one that belongs to nothing', () => {
    const { config, problems } = parse(`{\nfoo\n}\n${instance('priority 9')}`)
    expect(problems).toMatchObject([{ code: 'brace-stray', at: { line: 1, column: 1 } }])
    expect(config.instances[0].priority).toBe(9)
  })

  it('missing', () => {
    expect(places('vrrp_instance V\n')).toEqual(['1:1 error block-missing'])
    expect(places(instance('authentication'))).toEqual(['7:1 error block-missing'])
  })

  it('nested too deep', () => {
    expect(places(`${'a {\n'.repeat(40)}${'}\n'.repeat(40)}`)).toEqual(['1:1 warning unknown-keyword', '17:3 error nesting-too-deep'])
  })
})

describe('files', () => {
  it.each([
    ['', '1:1 error file-empty'],
    ['\n  \n', '1:1 error file-empty'],
    ['global_defs {\n}\n\u0000\u0001', '3:1 error file-binary'],
    ['#'.repeat(1_000_001), '1:1 error file-size'],
    [`global_defs { }\n${'x'.repeat(20_000)}\n`, '2:1 error line-too-long'],
  ])('%#', (text, expected) => expect(places(text)).toEqual([expected]))
})

describe('quotes', () => {
  it('unclosed', () => expect(places(instance('  notify_stop "/bin/x a'))).toEqual(['7:15 error quote-unclosed']))
})

describe('keywords', () => {
  it('unknown ones are warnings with what was probably meant', () => {
    const { problems } = parse(`${instance('  prioritty 100')}vrrp_instnace W {\n}\n`)
    expect(problems.map(formatProblem)).toEqual([
      'k.conf:7:3: warning[unknown-keyword]: vrrp_instance V: there is no keyword "prioritty"; keepalived ignores the line\n  did you mean priority?',
      'k.conf:9:1: warning[unknown-keyword]: there is no keyword "vrrp_instnace" at the top; keepalived ignores the block\n  did you mean vrrp_instance?',
    ])
  })

  it('in checkers too', () => {
    const vs =
      'virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 10.0.0.2 80 {\nTCP_CHEK {\n}\nHTTP_GET {\nurl {\npaht /\n}\n}\n}\n}\n'
    expect(parse(vs).problems.map(p => [p.code, p.at.line, p.remedy])).toEqual([
      ['unknown-keyword', 6, 'did you mean TCP_CHECK?'],
      ['field-missing', 9, 'add path /'],
      ['unknown-keyword', 10, 'did you mean path?'],
    ])
  })
})

describe('values', () => {
  it.each([
    ['advert_int', '7:1 error value-missing'],
    ['advert_int 1s', '7:12 warning number-malformed'],
    ['advert_int 0.001', '7:12 warning value-out-of-range'],
    ['advert_int 300', '7:12 warning value-out-of-range'],
    ['advert_int 2 {\n}', '7:14 error block-unexpected'],
    ['preempt_delay 1001', '7:15 warning value-out-of-range'],
    ['preempt_delay -1', '7:15 warning value-out-of-range'],
    ['down_timer_adverts 101', '7:20 warning value-out-of-range'],
    ['garp_master_delay 2.5', '7:19 warning number-malformed'],
    ['version 4', '7:9 warning value-out-of-range'],
    ['state FOO', '7:7 warning value-malformed'],
    ['lower_prio_no_advert maybe', '7:22 warning value-malformed'],
    ['authentication {\nauth_type PAS\nauth_pass x\n}', '8:11 warning value-malformed'],
    ['mcast_src_ip eth0', '7:14 error address-malformed'],
    ['unicast_peer {\n10.0.0.2 10.0.0.3\n}', '8:10 error value-malformed'],
    ['track_interface {\neth1 weight 300\n}', '8:13 warning value-out-of-range'],
    ['track_interface {\neth1 wieght 3\n}', '8:6 error value-malformed'],
    ['track_script {\nchk\n}', '8:1 warning tracked-unknown'],
    ['notify_stop', '7:1 error value-missing'],
    ['use_vmac averyveryverylongname', '7:10 warning vmac-name'],
    ['use_vmac a/b', '7:10 warning vmac-name'],
    ['use_vmac vrrp5 00:11:22:33:44:55', '7:16 warning vmac-address'],
    ['vmac_xmit_base', '7:1 warning vmac-missing'],
    ['use_vmac\nunicast_peer {\n10.0.0.2\n}', '8:1 warning vmac-unicast'],
  ])('%j', (body, expected) => {
    const { problems } = parse(instance(body))
    expect(problems.map(p => `${p.at.line}:${p.at.column} ${p.severity} ${p.code}`)[0]).toBe(expected)
    expect(problems[0].remedy).toBeTruthy()
  })

  it.each([
    ['virtual_router_id 256', 'value-out-of-range'],
    ['virtual_router_id x', 'number-malformed'],
    ['virtual_router_id 0', 'value-out-of-range'],
  ])('%s: the instance is left out, with one message', (line, code) => {
    const { config, problems } = parse(`vrrp_instance V {\ninterface eth0\n${line}\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n`)
    expect(config.instances).toEqual([])
    expect(problems.map(p => p.code)).toEqual([code])
  })

  it.each([
    ['virtual_server {\n}\n', 'error value-missing'],
    ['virtual_server web 80 {\n}\n', 'error address-malformed'],
    ['virtual_server 10.0.0.1 http {\n}\n', 'error number-malformed'],
    ['virtual_server 10.0.0.1 80 {\nlb_algo rrr\n}\n', 'warning value-malformed'],
    ['virtual_server 10.0.0.1 80 {\nlb_kind FOO\n}\n', 'warning value-malformed'],
    ['virtual_server 10.0.0.1 80 {\nquorum 0\n}\n', 'warning value-out-of-range'],
    ['virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\nweight -1\n}\n}\n', 'warning value-out-of-range'],
    ['virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\nTCP_CHECK {\nconnect_timeout 0\n}\n}\n}\n', 'warning value-out-of-range'],
    ['virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\nHTTP_GET {\n}\n}\n}\n', 'error field-missing'],
    ['virtual_server group G {\nreal_server 10.0.0.2 80 {\n}\n}\n', 'error group-unknown'],
    ['virtual_server_group G {\n10.0.0.9-1 80\n}\n', 'error address-malformed'],
    ['vrrp_script s {\ninterval 2.5\nscript /x\n}\n', 'warning value-corrected'],
    ['vrrp_script s {\ninterval 4295\nscript /x\n}\n', 'warning value-out-of-range'],
    ['vrrp_script s {\ntimeout x\nscript /x\n}\n', 'warning number-malformed'],
    ['vrrp_script s {\n}\n', 'warning field-missing'],
    ['global_defs {\nlvs_sync_daemon eth0 NOPE\n}\n', 'error instance-unknown'],
    ['global_defs {\nvrrp_mcast_group4 10.0.0.1\n}\n', 'warning value-out-of-range'],
    ['global_defs {\nlvs_timeouts tpc 3\n}\n', 'warning value-malformed'],
    ['global_defs {\nvrrp_garp_interval 0\n}\n', 'warning value-out-of-range'],
  ])('%j', (text, expected) => {
    const problem = parse(text).problems.find(p => expected.endsWith(` ${p.code}`))
    expect(`${problem?.severity} ${problem?.code}`).toBe(expected)
    expect(problem?.remedy).toBeTruthy()
  })
})

describe('between the instances of one host', () => {
  it('a VRID twice on an interface', () => {
    expect(parse(instance('', 'A') + instance('', 'B', 5, '10.0.0.2')).problems.map(formatProblem)).toEqual([
      'k.conf:11:3: error[vrid-duplicate]: vrrp_instance B: virtual_router_id 5 on eth0 belongs to vrrp_instance A already (line 3)\n  write a number that no instance on eth0 has, such as 6',
    ])
  })

  it('not on two interfaces, nor between unicast instances without a common peer', () => {
    const b = instance('', 'B', 5, '10.0.0.2').replace('eth0', 'eth1')
    expect(places(instance('', 'A') + b)).toEqual([])
    const peer = (n: number) => `unicast_peer {\n10.0.9.${n}\n}`
    expect(places(instance(peer(1), 'A') + instance(peer(2), 'B', 5, '10.0.0.2'))).toEqual([])
    expect(places(instance(peer(1), 'A') + instance(peer(1), 'B', 5, '10.0.0.2'))).toEqual(['13:3 error vrid-duplicate'])
  })

  it('an address in two instances, or twice in one', () => {
    expect(places(instance('', 'A') + instance('', 'B', 6))).toEqual(['13:5 error vip-duplicate'])
    expect(places(instance('virtual_ipaddress_excluded {\n10.0.0.1\n}', 'A'))).toEqual(['8:1 warning vip-twice'])
  })

  it('a name twice', () => {
    const { config, problems } = parse(instance('priority 1', 'A') + instance('priority 2', 'A', 6, '10.0.0.2'))
    expect(config.instances.map(i => i.priority)).toEqual([1])
    expect(problems).toMatchObject([{ code: 'name-duplicate', at: { line: 9, column: 15 } }])
  })

  it('fields without which an instance does not run', () => {
    expect(places('vrrp_instance V {\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n')).toEqual([
      '1:1 error field-missing',
      '1:1 error field-missing',
    ])
  })

  it('groups of what does not exist, or of what is in another', () => {
    const two = instance('', 'A') + instance('', 'B', 6, '10.0.0.2')
    expect(places(`${two}vrrp_sync_group G {\ngroup {\nA\nC\n}\n}\n`)).toEqual(['20:1 warning instance-unknown'])
    expect(places(`${two}vrrp_sync_group G {\ngroup {\nA\nB\n}\n}\nvrrp_sync_group H {\ngroup {\nA\n}\n}\n`)).toEqual([
      '23:1 warning group-small',
      '25:1 error member-twice',
    ])
  })

  it('a virtual server twice', () => {
    const vs = 'virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 10.0.0.2 80 {\n}\n}\n'
    expect(places(vs + vs)).toEqual(['8:1 error virtual-server-duplicate'])
    expect(places(vs + vs.replace('TCP', 'UDP'))).toEqual([])
  })
})

describe('many at once', () => {
  it('are all there, in the order of the file', () => {
    const text = `global_defs {
  vrrp_version 4
}
vrrp_instance A {
  interfce eth0
  virtual_router_id 51
  priority 300
  advert_int x
  virtual_ipaddress {
    10.0.0.300
  }
}
`
    expect(places(text)).toEqual([
      '2:16 warning value-out-of-range',
      '4:1 error field-missing',
      '5:3 warning unknown-keyword',
      '7:12 warning priority-default',
      '8:14 warning number-malformed',
      '10:5 error address-malformed',
    ])
  })

  it('but not more than can be read', () => {
    const { problems } = parse('nonsense\n'.repeat(5000))
    expect(problems.length).toBe(201)
    expect(problems.some(p => p.code === 'more-problems' && p.severity === 'note')).toBe(true)
  })
})
