/** The step that is being told: its words, its question, the way back and on. */
import { signal } from '@preact/signals'
import { language, t } from '../i18n/index.ts'
import { playing } from '../state/clock.ts'
import { type Answer, currentLesson, currentStep, leaveLesson, moveLesson, playStep, type Words } from './lessons.ts'
import { Marked } from './marked.tsx'

const given = signal<{ readonly step: number; readonly lesson: string; readonly answer: Answer } | undefined>(undefined)
const said = (w: Words): string => w[language.value] ?? w['en'] ?? ''

export function LessonCard() {
  const lesson = currentLesson.value
  const index = currentStep.value
  if (lesson === undefined || index < 0) return null
  const step = lesson.steps[index]
  const answer = given.value?.step === index && given.value.lesson === lesson.id ? given.value.answer : undefined
  const asking = step.predict !== undefined && answer === undefined
  const last = index === lesson.steps.length - 1
  return (
    <section class="lesson" aria-label={said(lesson.title)}>
      <header>
        <b>{said(lesson.title)}</b>
        <span class="progress">{`${index + 1} / ${lesson.steps.length}`}</span>
        <button type="button" class="quiet" aria-label={t('lesson.leave')} title={t('lesson.leave')} onClick={leaveLesson}>
          ×
        </button>
      </header>
      <div aria-live="polite">
        <Marked text={said(step.text)} />
        {step.predict !== undefined && (
          <fieldset class="predict">
            <legend>{said(step.predict.ask)}</legend>
            {step.predict.answers.map(a => (
              <button
                key={said(a.text)}
                type="button"
                class={answer === a ? (a.right === true ? 'right' : 'wrong') : answer !== undefined && a.right === true ? 'right' : ''}
                aria-pressed={answer === a}
                onClick={() => {
                  const first = answer === undefined
                  given.value = { step: index, lesson: lesson.id, answer: a }
                  if (first) playStep()
                }}
              >
                {said(a.text)}
              </button>
            ))}
            {answer !== undefined && (
              <p class={answer.right === true ? 'say right' : 'say wrong'}>
                <b>{answer.right === true ? t('lesson.right') : t('lesson.wrong')}</b> <Marked text={said(answer.say)} inline />
              </p>
            )}
          </fieldset>
        )}
      </div>
      <footer>
        <button type="button" disabled={index === 0} onClick={() => moveLesson(-1)}>
          ‹ {t('lesson.back')}
        </button>
        {step.until !== undefined && !asking && (
          <button type="button" disabled={playing.value} onClick={playStep}>
            {t('lesson.again')}
          </button>
        )}
        {last ? (
          <button type="button" class="primary" onClick={leaveLesson}>
            {t('lesson.end')}
          </button>
        ) : (
          <button type="button" class={asking ? '' : 'primary'} onClick={() => moveLesson(1)}>
            {t('lesson.next')} ›
          </button>
        )}
      </footer>
    </section>
  )
}
