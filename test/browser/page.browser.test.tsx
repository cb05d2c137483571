/**
 * Goal: a visitor can do what the page promises, by mouse and by keyboard, in a real browser, with the real worker.
 * Method: the page is mounted once a test and driven through its roles and names; nothing looks into its insides
 * except to wait until a run has been computed.
 */
import { describe, expect, it } from 'vitest'
import { commands, page, userEvent } from 'vitest/browser'
import { language } from '../../viz/i18n/index.ts'
import { currentStep } from '../../viz/lessons/lessons.ts'
import { openFromAddress } from '../../viz/state/address.ts'
import { helpOpen, panel, run } from '../../viz/state/app.ts'
import { playhead, playing, seek } from '../../viz/state/clock.ts'
import { askInside } from '../../viz/state/simulator.ts'
import { openOwnFiles } from '../../viz/state/own-files.ts'
import { readFiles } from '../../viz/share/read-files.ts'
import { pack, unpack } from '../../viz/state/pack.ts'
import { computed, mountEachTest, openScenario, S, until, violations } from './mounted.tsx'

mountEachTest()

/** Pixels of the packets' canvas that are not empty. */
function drawnPixels(): number {
  const canvas = document.querySelector<HTMLCanvasElement>('.stage canvas')
  const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
  let n = 0
  for (let i = 3; i < data.length; i += 4) if (data[i] > 0) n++
  return n
}

describe('a first visit', () => {
  it('opens on one question; its button starts the lesson and packets move within two seconds', async () => {
    await openFromAddress()
    await expect.element(page.getByRole('heading', { level: 2 })).toHaveTextContent(/fifty connections/)
    expect(document.querySelectorAll('.opening h2')).toHaveLength(1)
    await page.getByRole('button', { name: 'Watch it happen' }).click()
    await until(() => drawnPixels() > 50, 'packets')
    await expect.element(page.getByText(/slowed down 20,000 times/)).toBeInTheDocument()
  })

  it('the lesson goes on, asks, answers, and goes back', async () => {
    await openFromAddress()
    await page.getByRole('button', { name: 'Watch it happen' }).click()
    await until(() => currentStep.value === 0 && (run.value?.untilNs ?? 0) > 6 * S, 'the lesson')
    await page.getByRole('button', { name: 'Next ›' }).click()
    await page.getByRole('button', { name: /past b1/ }).click()
    await expect.element(page.getByText('Right.')).toBeInTheDocument()
    await page.getByRole('button', { name: '‹ Back' }).click()
    expect(currentStep.value).toBe(0)
  })
})

describe('time', () => {
  it('plays, pauses, steps over events both ways and shows who is MASTER at each instant', async () => {
    await openScenario('coursework/failover-crash')
    await computed()
    seek(10 * S)
    await expect.element(page.getByRole('button', { name: /^b1, Balancer.*VI_1 MASTER/ })).toBeInTheDocument()
    seek(19 * S)
    await expect.element(page.getByRole('button', { name: /^b1, Balancer.*no power/ })).toBeInTheDocument()
    await expect.element(page.getByRole('button', { name: /^b2, Balancer.*VI_1 MASTER/ })).toBeInTheDocument()
    seek(14 * S)
    await userEvent.keyboard('{ArrowRight}')
    expect(playhead.value / S).toBeCloseTo(15.05, 6)
    await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}')
    expect(playhead.value / S).toBeCloseTo(18.414, 3)
    await userEvent.keyboard('[[')
    expect(playhead.value / S).toBeCloseTo(15.05, 6)
    await userEvent.keyboard(' ')
    expect(playing.value).toBe(true)
    await until(() => playhead.value > 15.1 * S, 'time to pass')
    await userEvent.keyboard(' ')
    expect(playing.value).toBe(false)
  })
})

describe('breaking things', () => {
  it('a crash clicked at 12.345 s is the same run in the command line: digest and verdicts', async () => {
    await openScenario('coursework/failover-stop')
    await computed()
    seek(12.345 * S)
    await page.getByRole('button', { name: /^b1, Balancer/ }).click()
    await page.getByRole('menuitem', { name: 'Cut its power' }).click()
    await until(() => run.value?.label === 'B', 'a second run')
    await computed()
    const r = run.value
    expect(r?.files[r.scenario]).toContain('{ at: 12.345s, crash: b1 }')
    const cli = JSON.parse(await commands.runInCli(r?.files ?? {}, r?.scenario ?? '', [])) as {
      digest: string
      verdicts: { ok: boolean }[]
    }
    expect(r?.summary.value?.digest).toBe(cli.digest)
    expect(r?.summary.value?.verdicts.map(v => v.ok)).toEqual(cli.verdicts.map(v => v.ok))
    // The run before is kept, and its own digest with it.
    await expect.element(page.getByRole('button', { name: 'A', exact: true })).toBeInTheDocument()
  })

  it('undo takes the event out of the scenario again', async () => {
    await openScenario('coursework/failover-stop')
    await computed()
    const before = run.value?.files[run.value.scenario]
    seek(5 * S)
    await page.getByRole('button', { name: /^s1, Real server/ }).click()
    await page.getByRole('menuitem', { name: 'Refuse connections' }).click()
    await until(() => run.value?.files[run.value.scenario]?.includes('real_server: s1') === true, 'the event')
    await userEvent.keyboard('{Control>}z{/Control}')
    expect(run.value?.files[run.value.scenario]).toBe(before)
  })
})

describe('inside', () => {
  it('ipvsadm -Ln and -Lnc at ten times, in no order, are what the command line has', async () => {
    await openScenario('coursework/inactconn')
    await computed()
    const times = [5.0005, 127.5, 5.05, 6, 126.5, 5.1, 60.123456, 3.7, 129, 5.0021]
    const r = run.value
    const cli = JSON.parse(
      await commands.runInCli(
        r?.files ?? {},
        r?.scenario ?? '',
        times.flatMap(t => ['--at', `${t}s`]),
      ),
    ) as {
      tables: { t_s: number; host: string; ipvsadm: string; conns: unknown[] }[]
    }
    for (const t of times) {
      if (r === undefined) break
      const inside = await askInside(r, Math.round(t * S))
      for (const host of ['b1', 'b2']) {
        const want = cli.tables.find(x => x.host === host && Math.abs(x.t_s - t) < 1e-9)
        expect(inside.printed[host]['ipvsadm -Ln'].trim(), `${host} at ${t} s`).toBe(want?.ipvsadm.trim())
        expect(inside.tables.find(x => x.host === host)?.connections.length).toBe(want?.conns.length)
      }
    }
  })

  it('a connection looks different from the client, the balancer and the server', async () => {
    await openScenario('coursework/inactconn')
    await computed()
    seek(6 * S)
    panel.value = 'inside'
    await page.getByRole('button', { name: 'Connections' }).click()
    const row = page.getByRole('row', { name: /172\.28\.128\.10:32768/ })
    await expect.element(row).toHaveTextContent(/TIME-WAIT/)
    await expect.element(row).toHaveTextContent(/b1 FIN_WAIT.*InActConn/)
    await expect.element(row).toHaveTextContent(/—$/)
  })
})

describe('for everyone', () => {
  it.each(['story', 'inside', 'packets', 'charts', 'verdict', 'scenario', 'plan'] as const)(
    'no accessibility violation: %s, light and dark, both languages',
    async name => {
      await openScenario('coursework/failover-crash')
      await computed()
      seek(18 * S)
      panel.value = name
      await new Promise(resolve => setTimeout(resolve, 450))
      for (const [scheme, l] of [
        ['light', 'en'],
        ['dark', 'ru'],
      ] as const) {
        language.value = l
        document.documentElement.lang = l
        document.documentElement.style.colorScheme = scheme
        document.title = 'lvsim'
        await new Promise(resolve => setTimeout(resolve, 200))
        expect(await violations()).toEqual([])
      }
      document.documentElement.style.colorScheme = 'light'
    },
  )

  it('no accessibility violation: opening, menu, help, lesson', async () => {
    await openFromAddress()
    document.title = 'lvsim'
    document.documentElement.lang = 'en'
    await until(() => (run.value?.untilNs ?? 0) > 0, 'the run')
    expect(await violations()).toEqual([])
    await page.getByRole('button', { name: 'Watch it happen' }).click()
    await until(() => currentStep.value === 0, 'the lesson')
    expect(await violations()).toEqual([])
    await page.getByRole('button', { name: /^b1, Balancer/ }).click()
    expect(await violations()).toEqual([])
    await userEvent.keyboard('{Escape}')
    helpOpen.value = true
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(await violations()).toEqual([])
  })

  it('by keyboard alone: to a host, into its menu, break it, leave', async () => {
    await openScenario('coursework/failover-stop')
    await computed()
    seek(10 * S)
    await userEvent.keyboard('1')
    expect(document.activeElement?.getAttribute('data-host')).toBe('b1')
    await userEvent.keyboard('{Enter}')
    await until(() => document.activeElement?.getAttribute('role') === 'menuitem', 'the menu')
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    await until(() => run.value?.files[run.value.scenario]?.includes('{ at: 10s, stop: b1 }') === true, 'the event')
  })

  it('every control can be reached by Tab, and says its name', async () => {
    await openScenario('coursework/failover-stop')
    await computed()
    const controls = Array.from(
      document.querySelectorAll<HTMLElement>(
        'button, select, input:not([hidden]), summary, [role="button"], [role="slider"], [role="tab"]',
      ),
    )
    expect(controls.length).toBeGreaterThan(25)
    for (const c of controls) {
      const name = c.getAttribute('aria-label') ?? c.getAttribute('title') ?? c.closest('label')?.textContent ?? c.textContent
      expect(name?.trim(), c.outerHTML.slice(0, 120)).not.toBe('')
      if (!(c as HTMLButtonElement).disabled)
        expect(c.tabIndex, c.outerHTML.slice(0, 120)).toBeGreaterThanOrEqual(c.getAttribute('role') === 'tab' ? -1 : 0)
    }
  })
})

describe('hostile input', () => {
  it('a scenario with markup in its names is text, and nothing runs', async () => {
    ;(window as { harmed?: boolean }).harmed = false
    const name = '<img src=x onerror="window.harmed=true">'
    const text = `scenario: '${name}'\nduration: 2s\nhosts:\n  a: { address: 10.0.0.1/24 }\n  b: { address: 10.0.0.2/24 }\n`
    await openOwnFiles(await readFiles([{ path: 'x.yaml', file: new File([text], 'x.yaml') }]))
    await until(() => run.value?.cluster.value?.title === name, 'the scenario')
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(document.body.textContent).toContain(name)
    expect((window as { harmed?: boolean }).harmed).toBe(false)
  })

  it('a scenario with mistakes says where and what instead; the page lives', async () => {
    openOwnFiles(
      await readFiles([{ path: 'bad.yaml', file: new File(['scenario: x\nduration: 5\nhosts: { a: { adress: 1 } }\n'], 'bad.yaml') }]),
    )
    panel.value = 'verdict'
    await expect.element(page.getByText('bad.yaml:2:11').first()).toBeInTheDocument()
    await expect.element(page.getByText(/could not be run/).first()).toBeInTheDocument()
  })

  it('binaries and giants are left out with a sentence', async () => {
    const giant = new File([new Uint8Array(5_000_000)], 'giant.yaml')
    const { files, refused } = await readFiles([
      { path: 'x.yaml', file: new File([new Uint8Array([0, 1, 2, 255])], 'x.yaml') },
      { path: 'giant.yaml', file: giant },
    ])
    expect(Object.keys(files)).toEqual([])
    expect(refused).toHaveLength(2)
    expect(refused.join(' ')).toMatch(/not a text file.*larger than 4 MB/)
  })

  it('a link carries the files; a damaged one, a bomb and another form are refused', async () => {
    const packed = { scenario: 'a.yaml', files: { 'a.yaml': 'scenario: ü ✓\n' } }
    const text = await pack(packed)
    expect(await unpack(text)).toEqual(packed)
    for (const bad of [
      '',
      '!!!',
      text.slice(0, -6),
      `A${text}`,
      btoa('hello'),
      await pack({ scenario: 'none.yaml', files: { 'a.yaml': '' } }),
    ])
      expect(await unpack(bad)).toBeUndefined()
    expect(await unpack(await pack({ scenario: 'a', files: { a: 'x'.repeat(5_000_000) } }))).toBeUndefined()
  })
})
