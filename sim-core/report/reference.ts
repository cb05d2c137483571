/**
 * docs/SCENARIOS.md: how a scenario is written, as Markdown made from the schema, the verbs and the metrics
 * themselves, so that it cannot be out of date (test/report/reference.test.ts compares the file).
 */
import { METRICS } from '../metrics/index.ts'
import { scenarioJsonSchema, VERBS } from '../scenario/index.ts'

interface SchemaNode {
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
}

const INTRODUCTION = `# Scenario files

A scenario is a YAML file: a cluster with its real configuration files, what clients send, what breaks, and what must be
true of it. Run it with \`lvsim run FILE\`. Begin a file with

\`\`\`yaml
# yaml-language-server: $schema=scenario.schema.json
\`\`\`

(\`lvsim schema > scenario.schema.json\` writes the schema) and editors complete and check it.

- Every quantity has a unit: \`1Gbit\`, \`20us\`, \`1500B\`, \`1000 packets\`, \`2.5 %\`, \`100/s\`.
- Names are the cluster's own: hosts by name, links by direction (\`switch→b2\`, typed \`switch->b2\` too).
- Files are read from the scenario's folder. Mistakes are all reported at once, with line and column.
- The order of keys never matters; the same scenario and seed give the same run to the last bit.

This page is made from the program's own schema: \`lvsim schema markdown\` prints it.
`

export function scenarioReference(): string {
  const root = scenarioJsonSchema() as SchemaNode
  const sections = Object.entries(root.properties ?? {})
    .filter(([key]) => !key.startsWith('$'))
    .map(([key, node]) => section(key, node, root.required?.includes(key) ?? false))
  return `${[INTRODUCTION, ...sections, metricsSection()].join('\n')}`
}

function section(key: string, node: SchemaNode, required: boolean): string {
  const head = `## \`${key}\`\n\n${sentence(node.description)}${examples(node)}${required ? '; required' : ''}.\n`
  if (key === 'events') return `${head}\n${verbs()}`
  const rows = rowsOf(itemOf(node), '')
  return rows.length === 0 ? head : `${head}\n| Key | Meaning |\n|---|---|\n${rows.join('\n')}\n`
}

/** What a map holds under each name, or a list in each place; the node itself when it is neither. */
function itemOf(node: SchemaNode): SchemaNode {
  if (node.items !== undefined) return node.items
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : node
}

/** Links are described once, under \`links\`. */
const SHARED = 'link'

function rowsOf(node: SchemaNode, prefix: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const path = `${prefix}${key}`
    const row = `| \`${path}\` | ${cell(child, node.required?.includes(key) ?? false)} |`
    if (key === SHARED) return [`| \`${path}\` | ${child.description ?? ''}: the keys of \`links\` |`]
    return [row, ...rowsOf(itemOf(child), `${path}.`)]
  })
}

const cell = (node: SchemaNode, required: boolean): string =>
  `${required ? 'required: ' : ''}${node.description ?? ''}${words(node)}${examples(node)}`

const words = (node: SchemaNode): string => (node.enum === undefined ? '' : `: ${node.enum.map(w => `\`${String(w)}\``).join(', ')}`)

const examples = (node: SchemaNode): string =>
  node.examples === undefined || node.examples.length === 0
    ? ''
    : `, such as ${node.examples.map(e => `\`${typeof e === 'string' ? e : JSON.stringify(e)}\``).join(' or ')}`

const sentence = (text: string | undefined): string => (text === undefined ? '' : text.charAt(0).toUpperCase() + text.slice(1))

function verbs(): string {
  const rows = Object.entries(VERBS).map(([name, v]) => {
    const options = v.options.map(o => `\`${o}\``).join(', ')
    return `| \`${name}\` | ${v.target} | ${v.meaning} | ${options} |`
  })
  return `Each event is one map: \`{ at: 20s, crash: b1 }\`. The verb's value says to whom, options stand beside it.\n\n| Verb | To | Meaning | Options |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function metricsSection(): string {
  const rows = METRICS.map(m => `| \`${m.name}\` | ${m.unit} | ${m.meaning} |`)
  return `## Metrics\n\nWhat \`expect\` can name (\`lvsim metrics\` says more of each).\n\n| Metric | Unit | Meaning |\n|---|---|---|\n${rows.join('\n')}\n`
}
