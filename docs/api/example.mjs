import { formatProblem, loadScenario, makeReport, mapFiles, simulate } from 'lvsim'

// Any source of files will do: a map here, a disk or an upload elsewhere.
const scenario = `
scenario: two hosts
duration: 2s
hosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 53"] } }
traffic: { queries: { from: a, to: "10.0.0.2:53", stop: 1s, udp: { rate: 1Mbit, size: 500B } } }
expect: [{ metric: traffic.loss, of: queries, is: 0 }]
`
const { model, problems } = loadScenario('s.yaml', mapFiles({ 's.yaml': scenario }))
if (model === undefined) throw new Error(problems.map(formatProblem).join('\n'))
const report = makeReport(model, simulate(model))
for (const { expectation, ok, observed } of report.verdicts) console.log(ok ? 'held ' : 'failed', expectation.text, '→', observed)
console.log(report.answer.verdict, report.view.result.digest)
