/**
 * Goal: what a student, a teacher and an engineer come for works from end to end: a balancer dies before one's eyes, two
 * runs are compared, a plan is chosen and run, one's own keepalived.conf files become a scenario, a mistake is marked
 * while it is typed. Method: as page.browser.test.tsx.
 */
import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { currentStep, startLesson } from '../../viz/lessons/lessons.ts'
import { opening, openFiles, panel, run, togglePlay } from '../../viz/state/app.ts'
import { calm, playhead, seek, speed } from '../../viz/state/clock.ts'
import { openOwnFiles } from '../../viz/state/own-files.ts'
import { loadPreset } from '../../viz/state/presets.ts'
import { question } from '../../viz/plan/question.ts'
import { readFiles } from '../../viz/share/read-files.ts'
import { computed, mountEachTest, openScenario, S, until } from './mounted.tsx'

mountEachTest()

const b1 = () => page.getByRole('button', { name: /^b1, Balancer/ })
const b2 = () => page.getByRole('button', { name: /^b2, Balancer/ })

/** The coursework's cluster with a twentieth of its packets: the same percentages, soon computed. */
async function openSlowThreeVips(): Promise<void> {
  const path = 'scenarios/capacity/three-vips.yaml'
  const files = { ...(await loadPreset(path)) }
  const all = files[path].replace('rate: 1.5Gbit', 'rate: 75Mbit').replace('{ default: { rate: 1Gbit', '{ default: { rate: 50Mbit')
  files[path] = all.replace('link: { rate: 10Gbit } }', 'link: { rate: 500Mbit } }')
  opening.value = false
  openFiles(files, path)
  await until(() => (run.value?.untilNs ?? 0) > 5 * S, 'the run')
}

describe('three VIPs, one balancer dies', () => {
  it('plays, and the crash is told by story, chips, charts and tables; the verdict appears', async () => {
    await openSlowThreeVips()
    togglePlay()
    const from = playhead.value
    await until(() => playhead.value > from + 0.3 * S, 'time to pass')
    togglePlay()
    await computed()
    seek(19 * S)
    await expect.element(b1()).toHaveAttribute('aria-label', expect.stringMatching(/holds 10\.10\.1\.10/))
    seek(24 * S)
    await expect.element(b1()).toHaveAttribute('aria-label', expect.stringMatching(/no power/))
    await expect.element(b2()).toHaveAttribute('aria-label', expect.stringMatching(/VI_1 MASTER.*holds .*10\.10\.1\.10/))
    await expect.element(page.getByText(/no advert from 10\.10\.1\.1 since/).first()).toBeInTheDocument()
    panel.value = 'charts'
    await expect.element(page.getByRole('img', { name: /10\.10\.1\.10: b1 .*, b2 / })).toBeInTheDocument()
    seek(30 * S)
    await expect.element(page.getByRole('listitem').filter({ hasText: 'switch→b2' }).first()).toHaveTextContent(/(9\d|10\d)(\.\d)? %/)
    panel.value = 'inside'
    await page.getByRole('button', { name: 'b2', exact: true }).click()
    await page.getByRole('button', { name: 'ip addr' }).click()
    await expect.element(page.getByText(/inet 10\.10\.1\.10/)).toBeInTheDocument()
    panel.value = 'verdict'
    await expect.element(page.getByText('DEGRADED').first()).toBeInTheDocument()
    await expect.element(page.getByText(/b2 has 2 of 3 VIPs/)).toBeInTheDocument()
  })

  it('slows down around the crash when asked to', async () => {
    await openSlowThreeVips()
    await until(() => (run.value?.untilNs ?? 0) > 21 * S, 'the crash')
    seek(19.9 * S)
    speed.value = 1
    calm.value = true
    togglePlay()
    await until(() => playhead.value > 19.95 * S, 'time to pass')
    await expect.element(page.getByText(/^\d+ ms a second$/)).toBeInTheDocument()
    calm.value = false
  })
})

describe('two runs', () => {
  it('are kept and compared: verdicts side by side, curves over each other', async () => {
    await openScenario('coursework/failover-stop')
    await computed()
    seek(10 * S)
    await b1().click()
    await page.getByRole('menuitem', { name: 'Cut its power' }).click()
    await until(() => run.value?.label === 'B', 'the second run')
    await computed()
    panel.value = 'verdict'
    await expect.element(page.getByRole('heading', { name: 'Run B' })).toBeInTheDocument()
    await expect.element(page.getByRole('heading', { name: 'Run A' })).toBeInTheDocument()
    panel.value = 'charts'
    await until(() => document.querySelectorAll('.curve.other').length > 0, 'the other run’s curves')
    await page.getByRole('button', { name: 'A', exact: true }).click()
    expect(run.value?.label).toBe('A')
  })
})

describe('the planner', () => {
  it('shows the curve, says why, and runs the plan of the bar that is clicked', async () => {
    question.value = { balancers: 3, linkBps: 1e8, filled: 0.5, survive: 1 }
    await openScenario('coursework/failover-stop')
    panel.value = 'plan'
    await expect.element(page.getByRole('button', { name: /^3 VIPs: worst link 102\.5 % after.*too much/ })).toBeInTheDocument()
    await expect.element(page.getByRole('button', { name: /^4 VIPs: worst link 76\.9 % after.*fits/ })).toBeInTheDocument()
    await page.getByRole('button', { name: /^6 VIPs: worst link 76\.9 % after, 51\.3 % before.*even/ }).click()
    await until(() => run.value?.cluster.value?.vips.length === 6, 'the run of six VIPs')
    expect(run.value?.cluster.value?.title).toMatch(/6 VIPs as planned/)
    await expect.element(page.getByText(/proven by the bound/)).toBeInTheDocument()
    await page.getByRole('slider', { name: /^Losses/ }).fill('2')
    await expect.element(page.getByText(/No number of VIPs fits/)).toBeInTheDocument()
  })

  it('is the fourth lesson', async () => {
    await startLesson('plan')
    await until(() => currentStep.value === 0 && panel.value === 'plan', 'the lesson')
    await expect.element(page.getByText(/Is there a general method/).first()).toBeInTheDocument()
  })
})

const conf = (priority: number): string => `vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  virtual_ipaddress { 10.0.0.100 }
}
virtual_server 10.0.0.100 80 {
  lb_algo rr
  lb_kind DR
  protocol TCP
  real_server 10.0.0.31 80 { weight 1 }
}
`

describe('one’s own files', () => {
  it('keepalived.conf of two hosts become a scenario that runs', async () => {
    await openOwnFiles(
      await readFiles([
        { path: 'lb1.keepalived.conf', file: new File([conf(150)], 'lb1.keepalived.conf') },
        { path: 'lb2.keepalived.conf', file: new File([conf(100)], 'lb2.keepalived.conf') },
      ]),
    )
    await until(() => run.value?.cluster.value?.hosts.some(h => h.name === 'lb2') === true, 'the cluster')
    await computed()
    expect(run.value?.summary.value?.verdicts.length).toBeGreaterThan(0)
    expect(run.value?.summary.value?.verdicts.every(v => v.ok)).toBe(true)
  })

  it('a configuration with a mistake says where', async () => {
    const wrong = conf(150).replace('priority 150', 'priority lots')
    await openOwnFiles(await readFiles([{ path: 'lb1.keepalived.conf', file: new File([wrong], 'lb1.keepalived.conf') }]))
    panel.value = 'verdict'
    await expect.element(page.getByText(/lb1\.keepalived\.conf:5:/).first()).toBeInTheDocument()
  })

  it('the editor marks a mistake while it is typed, and knows what may stand there', async () => {
    await openScenario('coursework/failover-stop')
    panel.value = 'scenario'
    await until(() => document.querySelector('.cm-content') !== null, 'the editor')
    await page.elementLocator(document.querySelector('.cm-content') as HTMLElement).click()
    await userEvent.keyboard('{Control>}{End}{/Control}{Enter}wind')
    await until(() => /windows/.test(document.querySelector('.cm-tooltip-autocomplete')?.textContent ?? ''), 'the completion')
    await userEvent.keyboard('{Escape}owz: 1')
    await until(() => document.querySelector('.cm-lint-marker-error') !== null, 'the mark')
  })
})
