/** The page: a bar, the stage with its timeline, one panel beside them, and what lies in front (opening question, help). */
import { DropZone } from './panels/drop-zone.tsx'
import { Announcer } from './panels/announcer.tsx'
import { Help } from './panels/help.tsx'
import { HostMenu } from './panels/host-menu.tsx'
import { Notice } from './panels/notice.tsx'
import { Opening } from './panels/opening.tsx'
import { Panels } from './panels/panels.tsx'
import { Mirror } from './panels/mirror.tsx'
import { TopBar } from './panels/top-bar.tsx'
import { LessonCard } from './lessons/lesson-card.tsx'
import { Stage } from './stage/stage.tsx'
import { t } from './i18n/index.ts'
import { embedded, opening, presenting, run } from './state/app.ts'
import { Timeline } from './time/timeline.tsx'
import { Transport } from './time/transport.tsx'

export function App() {
  const classes = ['app', presenting.value ? 'presenting' : '', embedded.value ? 'embedded' : '', opening.value ? 'is-opening' : '']
  return (
    <div class={classes.join(' ')}>
      <a class="skip" href="#scene">
        {t('skip')}
      </a>
      {!embedded.value && <TopBar />}
      <main id="scene" tabIndex={-1}>
        <section class="scene" aria-label={t('scene')}>
          <div class="stage-frame">
            <Stage key={run.value?.number ?? 0} />
            <HostMenu />
            <LessonCard />
            <Opening />
          </div>
          <Transport />
          <Timeline />
        </section>
        {!presenting.value && <Panels />}
      </main>
      <DropZone />
      <Mirror />
      <Help />
      <Notice />
      <Announcer />
    </div>
  )
}
