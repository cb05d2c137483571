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
        <span class="brand-name">lvsim</span>
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
            <optgroup key={folder} label={`${t('bar.scenarios')}: ${word(`folder.${folder}`, folder)}`}>
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
      <LanguageButton />
      <ThemeButton />
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

/** Says the other language's name in that language, so that whoever needs it can read it. */
function LanguageButton() {
  const other = LANGUAGES.find(l => l.code !== language.value) ?? LANGUAGES[0]
  return (
    <button
      type="button"
      class="quiet"
      lang={other.code}
      title={other.name}
      aria-label={other.name}
      onClick={() => {
        language.value = other.code
      }}
    >
      {other.code.toUpperCase()}
    </button>
  )
}

const THEMES: readonly Theme[] = ['auto', 'light', 'dark']
const THEME_ICONS: Readonly<Record<Theme, string>> = {
  auto: 'M12 4A8 8 0 0 0 12 20Z',
  light: 'M12 2V5M12 19V22M2 12H5M19 12H22M5 5L7 7M17 17L19 19M5 19L7 17M17 7L19 5',
  dark: 'M9 5.5A7 7 0 1 0 18.5 15A7 7 0 0 1 9 5.5Z',
}

function ThemeButton() {
  const name = `${t('bar.theme')}: ${t(`theme.${theme.value}` as Key)}`
  return (
    <button
      type="button"
      class="quiet"
      title={name}
      aria-label={name}
      onClick={() => {
        theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]
      }}
    >
      <svg width="18" height="18" viewBox="0 0 24 24" aria-hidden="true" class="theme-icon">
        {theme.value !== 'dark' && <circle cx="12" cy="12" r={theme.value === 'auto' ? 8 : 4} fill="none" />}
        <path d={THEME_ICONS[theme.value]} fill={theme.value === 'light' ? 'none' : 'currentColor'} />
      </svg>
    </button>
  )
}

async function choose(value: string): Promise<void> {
  if (value.startsWith('lesson:')) await startLesson(value.slice(7))
  else if (value !== '') await openPreset(value)
}
