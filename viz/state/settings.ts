/** What a person prefers, kept in this browser only: language, light or dark. */
import { effect, type Signal, signal } from '@preact/signals'
import { LANGUAGES, language, type Language } from '../i18n/index.ts'

export type Theme = 'auto' | 'light' | 'dark'
export const theme = signal<Theme>('auto')
/** From the system; the page then starts paused and moves things at once. */
export const reducedMotion = signal(false)
/** A phone: one column. The style sheets have the same width. */
export const narrow = signal(false)

const KEY = 'lvsim.settings.1'

/** A language in the address wins over the one kept, that over the browser's. */
export function loadSettings(fromUrl: string | null): void {
  const kept = read()
  const wanted = fromUrl ?? kept['language'] ?? navigator.language.slice(0, 2)
  language.value = LANGUAGES.some(l => l.code === wanted) ? (wanted as Language) : 'en'
  const t = kept['theme']
  theme.value = t === 'light' || t === 'dark' ? t : 'auto'
  follow('(prefers-reduced-motion: reduce)', reducedMotion)
  follow('(max-width: 800px)', narrow)
  effect(() => {
    document.documentElement.lang = language.value
    document.documentElement.style.colorScheme = theme.value === 'auto' ? 'light dark' : theme.value
    write({ language: language.value, theme: theme.value })
  })
}

function follow(query: string, into: Signal<boolean>): void {
  const media = matchMedia(query)
  into.value = media.matches
  media.addEventListener('change', e => {
    into.value = e.matches
  })
}

function read(): Readonly<Record<string, string>> {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof raw === 'object' && raw !== null ? (raw as Record<string, string>) : {}
  } catch {
    return {}
  }
}

function write(settings: Readonly<Record<string, string>>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings))
  } catch {
    // A browser that keeps nothing is fine: the settings last as long as the page.
  }
}
