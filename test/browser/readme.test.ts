/** Goal: README.ru.md keeps step with README.md. Method: what needs no translation is the same in both: commands, files, links, headings and rows. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const [en, ru] = ['README.md', 'README.ru.md'].map(f => readFileSync(f, 'utf8'))
const all = (text: string, form: RegExp): string[] => Array.from(text.matchAll(form), m => m[0])

describe('the two READMEs', () => {
  it.each([
    ['blocks of commands and files', /```[\s\S]*?```/g],
    ['commands in their text', /`[^`\n]+`/g],
    ['links', /\]\((?!README)[^)]+\)/g],
    ['levels of headings', /^#+(?= )/gm],
  ])('have the same %s', (_, form) => {
    expect(all(en, form).length).toBeGreaterThan(2)
    expect(all(ru, form)).toEqual(all(en, form))
  })

  it('have tables of the same length', () => {
    expect(all(ru, /^\|/gm).length).toBe(all(en, /^\|/gm).length)
  })
})
