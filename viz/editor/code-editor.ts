/** CodeMirror for scenarios and configurations, in a chunk of its own. Problems come from the same reader as everywhere. */
import { autocompletion } from '@codemirror/autocomplete'
import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { tags } from '@lezer/highlight'
import { basicSetup, EditorView } from 'codemirror'
import { run } from '../state/app.ts'
import { askDesk } from '../state/desk.ts'
import { completeKeepalived, completeScenario } from './completion.ts'

/** The page's own colours, so that light and dark both have contrast. */
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--ink-3)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.keyword], color: 'var(--warn)' },
  { tag: [tags.punctuation, tags.separator, tags.content], color: 'var(--ink)' },
])

/** CodeMirror brings styles of its own, which no layered style sheet outweighs: so the page's are given to it. */
const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', backgroundColor: 'transparent', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--mono)' },
  '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--ink-3)', borderRightColor: 'var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--active-line)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--ink)', borderColor: 'var(--line)' },
})

export function createEditor(parent: HTMLElement, text: string, name: string, changed: (text: string) => void): () => void {
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      look,
      syntaxHighlighting(colours),
      basicSetup,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': name, tabindex: '0' }),
      EditorView.updateListener.of(u => {
        if (u.docChanged) changed(u.state.doc.toString())
      }),
      ...(name.endsWith('.yaml') ? [yaml(), autocompletion({ override: [completeScenario(hostNames)] })] : []),
      ...(name.endsWith('.conf') ? [autocompletion({ override: [completeKeepalived] })] : []),
      lintGutter(),
      linter(v => problemsOf(v, name), { delay: 400 }),
    ],
  })
  return () => view.destroy()
}

const hostNames = (): string[] => (run.peek()?.cluster.peek()?.hosts ?? []).map(h => h.name)

/** What the scenario's reader says about the text as it stands, whichever of the scenario's files it is. */
async function problemsOf(view: EditorView, name: string): Promise<Diagnostic[]> {
  const { doc } = view.state
  const r = run.peek()
  if (r === undefined) return []
  const files = { ...r.files, [name]: doc.toString() }
  const { problems } = await askDesk({ kind: 'problems', files, scenario: r.scenario })
  return problems
    .filter(p => p.at.file === name && p.at.line >= 1 && p.at.line <= doc.lines)
    .map(p => {
      const line = doc.line(p.at.line)
      const from = Math.min(line.to, line.from + Math.max(0, p.at.column - 1))
      return {
        from,
        to: line.to,
        severity: p.severity === 'note' ? 'info' : p.severity,
        message: p.remedy === undefined ? p.message : `${p.message}\n${p.remedy}`,
      }
    })
}
