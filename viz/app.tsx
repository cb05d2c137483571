/**
 * The page: a bar, the stage with its timeline, beside them the lesson and one panel, and what lies in front (help,
 * notices). A first visit has the question alone: the rest comes when it is answered or left.
 */
import { DropZone } from './panels/drop-zone.tsx'
import { Announcer } from './panels/announcer.tsx'
import { Caption } from './panels/caption.tsx'
import { Help } from './panels/help.tsx'
import { HostMenu } from './panels/host-menu.tsx'
import { Notice } from './panels/notice.tsx'
import { Opening } from './panels/opening.tsx'
import { Panels } from './panels/panels.tsx'
import { Mirror } from './panels/mirror.tsx'
import { TopBar } from './panels/top-bar.tsx'
import { LessonCard } from './lessons/lesson-card.tsx'
import { currentStep } from './lessons/lessons.ts'
import { Legend } from './stage/legend.tsx'
import { Stage } from './stage/stage.tsx'
import { t } from './i18n/index.ts'
import { embedded, opening, presenting, run } from './state/app.ts'
import { narrow } from './state/settings.ts'
import { Timeline } from './time/timeline.tsx'
import { Transport } from './time/transport.tsx'

export function App() {
  const asking = opening.value
  const telling = currentStep.value >= 0 && !asking
  const panels = !presenting.value && !embedded.value && !asking
  const classes = ['app', presenting.value ? 'presenting' : '', embedded.value ? 'embedded' : '', asking ? 'is-opening' : '']
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
            <Opening />
          </div>
          {!asking && (
            <>
              <Legend />
              {!panels && <Caption />}
              {telling && narrow.value && <LessonCard />}
              <Transport />
              <Timeline />
            </>
          )}
        </section>
        {(panels || (telling && !narrow.value)) && (
          <div class="side">
            {telling && !narrow.value && <LessonCard />}
            {panels && <Panels />}
          </div>
        )}
      </main>
      <DropZone />
      <Mirror />
      <Help />
      <Notice />
      <Announcer />
    </div>
  )
}
