/** The one panel beside the stage, with a tab for each way of looking. */
import type { ComponentType } from 'preact'
import { t, type Key } from '../i18n/index.ts'
import { panel, type PanelName } from '../state/app.ts'
import { Charts } from './charts.tsx'
import { InsidePanel } from './inside-panel.tsx'
import { Planner } from '../plan/planner.tsx'
import { Packets } from './packets.tsx'
import { ScenarioPanel } from './scenario-panel.tsx'
import { Story } from './story.tsx'
import { Verdict } from './verdict.tsx'

const PANELS: Readonly<Record<PanelName, ComponentType>> = {
  story: Story,
  inside: InsidePanel,
  packets: Packets,
  charts: Charts,
  verdict: Verdict,
  scenario: ScenarioPanel,
  plan: Planner,
}
const NAMES = Object.keys(PANELS) as PanelName[]

export function Panels() {
  const Panel = PANELS[panel.value]
  return (
    <aside class="panels" aria-label={t('panels.label')}>
      <div role="tablist" class="tabs" onKeyDown={arrows}>
        {NAMES.map(name => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-controls="panel"
            aria-selected={panel.value === name}
            tabIndex={panel.value === name ? 0 : -1}
            onClick={() => {
              panel.value = name
            }}
          >
            {t(`panel.${name}` as Key)}
          </button>
        ))}
      </div>
      <div id="panel" class="panel" role="tabpanel" aria-labelledby={`tab-${panel.value}`}>
        <Panel />
      </div>
    </aside>
  )
}

function arrows(e: KeyboardEvent): void {
  const by = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0
  if (by === 0) return
  e.preventDefault()
  e.stopPropagation()
  panel.value = NAMES[(NAMES.indexOf(panel.value) + by + NAMES.length) % NAMES.length]
  requestAnimationFrame(() => document.getElementById(`tab-${panel.value}`)?.focus())
}
