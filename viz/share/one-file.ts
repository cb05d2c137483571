/**
 * The page with a run in it as one HTML file: it opens from a disk, a mail, a USB stick. The built page has that form
 * beside it (one-file.html); when this page is itself in one file, it is written again without what is drawn on it.
 */
import type { Files } from '../worker/protocol.ts'

const BESIDE = './one-file.html'
const OPENED = 'lvsim-opened'
const EMPTY = `<script type="application/json" id="${OPENED}"></script>`

/** undefined when this page was not built with its one-file form (a development server). */
export async function oneFile(files: Files, scenario: string): Promise<string | undefined> {
  // Markup in the data stays data.
  const data = JSON.stringify({ scenario, files }).replace(/</g, '\\u003c')
  if (document.getElementById(OPENED) !== null) return itself(data)
  try {
    const answer = await fetch(BESIDE)
    const page = answer.ok ? await answer.text() : ''
    return page.includes(EMPTY) ? page.replace(EMPTY, () => EMPTY.replace('></', `>${data}</`)) : undefined
  } catch {
    return undefined
  }
}

function itself(data: string): string {
  const root = document.documentElement.cloneNode(true) as HTMLElement
  root.querySelector('#app')?.replaceChildren()
  const opened = root.querySelector(`#${OPENED}`)
  if (opened !== null) opened.textContent = data
  return `<!doctype html>\n${root.outerHTML}\n`
}
