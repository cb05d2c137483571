/** What a first visitor sees: one question, one button. The other questions stand small beneath it. */
import { language, t } from '../i18n/index.ts'
import { opening, run, togglePlay } from '../state/app.ts'
import { playing } from '../state/clock.ts'
import { currentLesson, lessons, startLesson } from '../lessons/lessons.ts'

export function Opening() {
  if (!opening.value || playing.value) return null
  const lesson = currentLesson.value
  if (lesson === undefined) return run.value?.cluster.value === undefined ? null : <OwnOpening />
  const others = lessons.value.filter(l => l.id !== lesson.id)
  return (
    <div class="opening" role="dialog" aria-labelledby="opening-question">
      <p class="kicker">{t('opening.kicker')}</p>
      <h2 id="opening-question">{lesson.question[language.value] ?? lesson.question['en']}</h2>
      <p class="lead">{lesson.lead[language.value] ?? lesson.lead['en']}</p>
      <div class="actions">
        <button type="button" class="primary" onClick={() => void startLesson(lesson.id)}>
          <svg width="18" height="18" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M7 4L20 12L7 20Z" fill="currentColor" />
          </svg>
          {t('opening.watch')}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => {
            opening.value = false
          }}
        >
          {t('opening.explore')}
        </button>
      </div>
      <ul class="others" aria-label={t('opening.others')}>
        {others.map(l => (
          <li key={l.id}>
            <button type="button" onClick={() => void startLesson(l.id)}>
              {l.question[language.value] ?? l.question['en']}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A scenario without a lesson: its title and its own words. */
function OwnOpening() {
  const cluster = run.value?.cluster.value
  return (
    <div class="opening" role="dialog" aria-labelledby="opening-question">
      <h2 id="opening-question">{cluster?.title}</h2>
      <p class="lead">{(cluster?.about ?? '').split('\n')[0]}</p>
      <div class="actions">
        <button type="button" class="primary" onClick={togglePlay}>
          {t('time.play')}
        </button>
      </div>
    </div>
  )
}
