/** Whether what somebody wrote is a lesson; if not, what is wrong with it, in words. docs/LESSONS.md describes the form. */

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
/** Text in at least one language. */
const isWords = (v: unknown): boolean => isRecord(v) && Object.values(v).length > 0 && Object.values(v).every(x => typeof x === 'string')
const PANELS = ['story', 'inside', 'packets', 'charts', 'verdict', 'scenario', 'plan']

export function wrongWithLesson(raw: unknown): string | undefined {
  if (!isRecord(raw)) return 'a lesson is a map with id, scenario, title, question, lead and steps'
  for (const key of ['id', 'scenario']) if (typeof raw[key] !== 'string' || raw[key] === '') return `${key}: text is missing`
  for (const key of ['title', 'question', 'lead']) if (!isWords(raw[key])) return `${key}: write it as { en: …, ru: … }`
  const steps = raw['steps']
  if (!Array.isArray(steps) || steps.length === 0) return 'steps: a list with at least one step is missing'
  for (const [i, step] of steps.entries()) {
    const wrong = wrongWithStep(step)
    if (wrong !== undefined) return `steps[${i}]: ${wrong}`
  }
  return undefined
}

function wrongWithStep(step: unknown): string | undefined {
  if (!isRecord(step)) return 'is no map'
  if (typeof step['at'] !== 'number' || !(step['at'] >= 0)) return 'at: a time in seconds is missing'
  if (step['until'] !== undefined && !(typeof step['until'] === 'number' && step['until'] > step['at']))
    return 'until: must be later than at'
  if (step['speed'] !== undefined && !(typeof step['speed'] === 'number' && step['speed'] > 0))
    return 'speed: seconds of the run a second, above 0'
  if (!isWords(step['text'])) return 'text: write it as { en: …, ru: … }'
  if (step['panel'] !== undefined && !PANELS.includes(String(step['panel']))) return `panel: one of ${PANELS.join(', ')}`
  for (const key of ['select', 'scenario']) if (step[key] !== undefined && typeof step[key] !== 'string') return `${key}: is no text`
  return step['predict'] === undefined ? undefined : wrongWithQuestion(step['predict'])
}

function wrongWithQuestion(q: unknown): string | undefined {
  if (!isRecord(q) || !isWords(q['ask'])) return 'predict.ask: write it as { en: …, ru: … }'
  const answers = q['answers']
  if (!Array.isArray(answers) || answers.length < 2) return 'predict.answers: two or more'
  if (!answers.every(a => isRecord(a) && isWords(a['text']) && isWords(a['say']))) return 'predict.answers: each has text and say'
  return answers.filter(a => (a as { right?: unknown }).right === true).length === 1
    ? undefined
    : 'predict.answers: exactly one is right: true'
}
