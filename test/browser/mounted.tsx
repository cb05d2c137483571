/** What browser tests share: the page mounted once a test, and waiting for what it computes. */
import { render } from 'preact'
import { afterEach, beforeEach, vi } from 'vitest'
import { page } from 'vitest/browser'
import axe from 'axe-core'
import '../../viz/style/tokens.css'
import '../../viz/style/layout.css'
import '../../viz/style/stage.css'
import '../../viz/style/panels.css'
import '../../viz/style/planner.css'
import { App } from '../../viz/app.tsx'
import { language } from '../../viz/i18n/index.ts'
import { currentStep } from '../../viz/lessons/lessons.ts'
import { compared, helpOpen, menuFor, openPreset, opening, panel, run, selection } from '../../viz/state/app.ts'
import { play, speed } from '../../viz/state/clock.ts'
import { listenToKeys } from '../../viz/state/keys.ts'
import { theme } from '../../viz/state/settings.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** The command line's JSON for a scenario of these files. */
    runInCli: (files: Readonly<Record<string, string>>, scenario: string, args: readonly string[]) => Promise<string>
  }
}

export const S = 1e9
let keys = false

/** To be called once at the top of a test file. */
export function mountEachTest(): void {
  let root: HTMLElement
  beforeEach(async () => {
    await page.viewport(1440, 900)
    root = document.createElement('div')
    root.id = 'app'
    document.body.append(root)
    opening.value = true
    panel.value = 'story'
    language.value = 'en'
    theme.value = 'light'
    speed.value = 1
    if (!keys) listenToKeys()
    keys = true
    render(<App />, root)
  })

  afterEach(() => {
    play(false)
    menuFor.value = undefined
    helpOpen.value = false
    selection.value = undefined
    currentStep.value = -1
    compared.value = undefined
    render(null, root)
    root.remove()
  })
}

export const until = (condition: () => boolean, what: string): Promise<void> =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error(`waited for: ${what}`)
    },
    { timeout: 50_000, interval: 30 },
  )

export const computed = (): Promise<void> => until(() => run.value?.summary.value !== undefined, 'the run to be computed')

export async function openScenario(name: string): Promise<void> {
  await openPreset(name)
  opening.value = false
  await until(() => (run.value?.untilNs ?? 0) > 0, 'the run to begin')
}

export async function violations(): Promise<string[]> {
  const { violations: found } = await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    // Experimental: it wants every letter of a host's card in its name; the name begins with what one would say, "b1".
    rules: { 'label-content-name-mismatch': { enabled: false } },
  })
  return found.map(
    v =>
      `${v.id}: ${v.nodes
        .map(n => `${n.target.join(' ')} ${n.failureSummary?.split('\n')[1] ?? ''}`)
        .slice(0, 3)
        .join(' | ')}`,
  )
}
