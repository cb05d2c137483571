/** Goal: the shell completes what the command takes. Method: bash is asked; the other scripts name every command and option that help names. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { lvsim } from './lvsim.ts'

const script = async (shell: string) => (await lvsim(['completion', shell])).stdout

describe('lvsim completion', () => {
  it('in bash: commands, options and choices', async () => {
    const source = await script('bash')
    const complete = (...words: string[]) =>
      execFileSync(
        'bash',
        ['-c', `${source}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lvsim; echo "\${COMPREPLY[@]}"`, 'bash', 'lvsim', ...words],
        {
          encoding: 'utf8',
        },
      ).trim()
    expect(complete('che')).toBe('check')
    expect(complete('run', '--se')).toBe('--seed --series --set')
    expect(complete('run', 'a.yaml', '--pc')).toBe('--pcap')
    expect(complete('schema', 'scen')).toBe('scenario')
    expect(complete('completion', 'f')).toBe('fish')
    // No word of ours: bash completes file names.
    expect(complete('run', 'scenarios/')).toBe('')
  })
  it('in every shell: every command, and every option of the large ones', async () => {
    const commands = Array.from((await lvsim(['--help'])).stdout.matchAll(/^ {2}([a-z]+) (?:\[|<|\w)/gm), m => m[1]).filter(
      c => c !== 'lvsim' && c !== 'help',
    )
    expect(commands.length).toBeGreaterThan(10)
    const helps = await Promise.all(['run', 'check', 'test', 'plan'].map(async c => [c, (await lvsim(['help', c])).stdout] as const))
    for (const shell of ['bash', 'zsh', 'fish']) {
      const lines = (await script(shell)).split('\n')
      for (const c of commands) expect(lines.join('\n')).toMatch(new RegExp(`\\b${c}\\b`))
      const missing = helps.flatMap(([command, help]) => {
        const own = lines.filter(l => l.includes(shell === 'fish' ? `from ${command}'` : `    ${command}) `)).join('\n')
        const options = Array.from(help.matchAll(/^ {2}--([a-z-]+)/gm), m => m[1])
        return options.filter(o => !new RegExp(`(?:--|-l )${o}\\b`).test(own)).map(o => `${shell}: ${command} --${o}`)
      })
      expect(missing).toEqual([])
    }
  })
  it('of a shell that it does not know says which it knows', async () => {
    const ended = await lvsim(['completion', 'csh'])
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')])
  })
})
