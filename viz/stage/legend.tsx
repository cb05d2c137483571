/** What the shapes mean; each entry also hides and shows its kind. Says when not every packet is drawn. */
import { ALL_LOOKS, LOOKS } from '../../sim-core/index.ts'
import { t, type Key } from '../i18n/index.ts'
import { looks } from '../state/app.ts'
import { GLYPHS } from './glyphs.ts'

export function Legend() {
  const shown = looks.value
  return (
    <div class="legend" role="group" aria-label={t('legend.label')}>
      {LOOKS.map((look, i) => (
        <button
          key={look}
          type="button"
          aria-pressed={(shown & (1 << i)) !== 0}
          title={t(`look.${look}.title` as Key)}
          onClick={() => {
            looks.value = shown ^ (1 << i)
          }}
          onDblClick={() => {
            looks.value = shown === 1 << i ? ALL_LOOKS : 1 << i
          }}
        >
          <GlyphMark look={i} />
          {t(`look.${look}` as Key)}
        </button>
      ))}
    </div>
  )
}

export function GlyphMark({ look }: { look: number }) {
  const g = GLYPHS[LOOKS[look]]
  return (
    <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
      <path d={g.path} style={g.hollow ? { fill: 'none', stroke: `var(${g.colour})`, strokeWidth: 1.8 } : { fill: `var(${g.colour})` }} />
    </svg>
  )
}
