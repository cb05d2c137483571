/** Why something happened: the sentence, its source, and on demand the rule's name, its arithmetic and what went in. */
import { useState } from 'preact/hooks'
import { CAUSE_INPUTS, type Cause, type CauseInput } from '../../sim-core/index.ts'
import { language, number, t, type Key } from '../i18n/index.ts'

/** `text`: the cause's, in the user's language. */
export function WhyPanel({ cause, text }: { cause: Cause | undefined; text: string }) {
  const [isOpen, setOpen] = useState(false)
  if (cause === undefined || text === '') return null
  return (
    <div class="cause">
      <p>
        {text}
        {cause.source !== undefined && <cite>{cause.source}</cite>}
      </p>
      {/* Traces of older versions have no inputs. */}
      {cause.inputs !== undefined && (
        <details open={isOpen} onToggle={e => setOpen(e.currentTarget.open)}>
          <summary>{t('why.numbers')}</summary>
          {isOpen && <Numbers cause={cause} />}
        </details>
      )}
    </div>
  )
}

function Numbers({ cause }: { cause: Cause }) {
  return (
    <>
      <code>{cause.rule}</code>
      {cause.arithmetic !== undefined && <code>{cause.arithmetic}</code>}
      <dl>
        {Object.entries(cause.inputs).map(([name, value]) => (
          <div key={name} title={language.value === 'en' ? CAUSE_INPUTS[name as CauseInput]?.means : undefined}>
            <dt>{name.replace(/_(?:s|bytes|bps|packets)$/, '')}</dt>
            <dd>{valueText(name, value)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** `3.605469 s`, `1000 packets`, `b1→switch`. */
function valueText(name: string, value: number | string | boolean): string {
  const unit = CAUSE_INPUTS[name as CauseInput]?.unit ?? ''
  const shown = typeof value === 'number' ? number(value, 6) : String(value)
  return unit === '' || unit === 'name' ? shown : `${shown} ${t(`why.unit.${unit}` as Key)}`
}
