/** Name, what is open, and the few things that concern the whole page. */
import { LANGUAGES, language, t, type Key, word } from '../i18n/index.ts'
import { helpOpen, openPreset, opening, preset, presenting, run } from '../state/app.ts'
import { presetName, SCENARIOS } from '../state/presets.ts'
import { type Theme, theme } from '../state/settings.ts'
import { lessons, startLesson } from '../lessons/lessons.ts'
import { pickFiles } from './drop-zone.tsx'
import { RunTabs } from './run-tabs.tsx'
import { ShareMenu } from '../share/share-menu.tsx'

const FOLDERS = [...new Set(SCENARIOS.map(presetName).map(n => n.split('/')[0]))]

export function TopBar() {
  const title = run.value?.cluster.value?.title ?? ''
  return (
    <header class="bar">
      <h1 class="visually-hidden">{`lvsim ${title}`}</h1>
      <button
        type="button"
        class="brand"
        aria-label={t('bar.home')}
        onClick={() => {
          opening.value = true
        }}
      >
        <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
          <use href="#lvsim-mark" />
          <g stroke="currentColor" stroke-width="2.6" fill="none" stroke-linecap="round">
            <path d="M4 16h8M16 16l9-9M16 16h10M16 16l9 9" />
          </g>
          <circle cx="15" cy="16" r="3.6" fill="currentColor" />
        </svg>
        lvsim
      </button>
      <label class="preset">
        <span class="visually-hidden">{t('bar.scenario')}</span>
        <select
          value={preset.value === '' ? '' : preset.value}
          onInput={e => {
            opening.value = false
            void choose(e.currentTarget.value)
          }}
        >
          {preset.value === '' && <option value="">{title === '' ? t('bar.own') : title}</option>}
          <optgroup label={t('bar.lessons')}>
            {lessons.value.map(l => (
              <option key={l.id} value={`lesson:${l.id}`}>
                {l.title[language.value] ?? l.title['en']}
              </option>
            ))}
          </optgroup>
          {FOLDERS.map(folder => (
            <optgroup key={folder} label={`${t('bar.scenarios')}: ${folder}`}>
              {SCENARIOS.map(presetName)
                .filter(name => name.startsWith(`${folder}/`))
                .map(name => (
                  <option key={name} value={name}>
                    {word(`preset.${name}`, name.slice(folder.length + 1).replace(/-/g, ' '))}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <RunTabs />
      <span class="space" />
      <button type="button" class="quiet" onClick={pickFiles} title={t('bar.openTitle')}>
        {t('bar.open')}
      </button>
      <ShareMenu />
      <select
        class="quiet"
        aria-label={t('bar.language')}
        value={language.value}
        onInput={e => {
          language.value = e.currentTarget.value as 'en' | 'ru'
        }}
      >
        {LANGUAGES.map(l => (
          <option key={l.code} value={l.code}>
            {l.name}
          </option>
        ))}
      </select>
      <select
        class="quiet"
        aria-label={t('bar.theme')}
        value={theme.value}
        onInput={e => {
          theme.value = e.currentTarget.value as Theme
        }}
      >
        {(['auto', 'light', 'dark'] as const).map(v => (
          <option key={v} value={v}>
            {t(`theme.${v}` as Key)}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="quiet wide-only"
        aria-pressed={presenting.value}
        title={t('bar.present')}
        onClick={() => {
          presenting.value = !presenting.value
        }}
      >
        {t('bar.presentShort')}
      </button>
      <button
        type="button"
        class="quiet round"
        aria-label={t('bar.help')}
        title={t('bar.help')}
        onClick={() => {
          helpOpen.value = true
        }}
      >
        ?
      </button>
    </header>
  )
}

async function choose(value: string): Promise<void> {
  if (value.startsWith('lesson:')) await startLesson(value.slice(7))
  else if (value !== '') await openPreset(value)
}
