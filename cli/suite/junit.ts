/** A suite as JUnit XML: a test suite for each scenario, a test case for each expectation. */
import junit from 'junit-report-builder'
import { type Check, formatProblem, type SuiteEntry } from '../../sim-core/index.ts'

export function junitXml(entries: readonly SuiteEntry[]): string {
  const builder = junit.newBuilder()
  for (const entry of entries) {
    const suite = builder.testSuite().name(clean(entry.file)).time(entry.wallS)
    suite.property('seed', String(entry.seed))
    if (entry.digest !== '') suite.property('digest', entry.digest)
    const testCase = (name: string) => suite.testCase().className(clean(entry.file)).name(clean(name))
    if (entry.state === 'wrong-input') {
      const text = entry.problems.map(formatProblem).join('\n')
      testCase('the scenario is read').error(clean(entry.problems[0]?.message ?? 'wrong input'), 'wrong-input', clean(text))
    } else if (entry.state === 'broken') {
      testCase('the scenario is run').error(clean((entry.stopped ?? '').split('\n')[0]), 'bug', clean(entry.stopped ?? ''))
    } else if (entry.checks.length === 0) testCase('the scenario is run').skipped()
    entry.checks.forEach((check, i) => {
      // The run's time is told once: with its first expectation.
      report(testCase(check.text).time(i === 0 ? entry.wallS : 0), check)
    })
  }
  return builder.build()
}

function report(testCase: ReturnType<typeof junit.testCase>, check: Check): void {
  if (check.state === 'not-reached') testCase.skipped()
  else if (check.failure === undefined) testCase.standardOutput(clean(check.observed))
  else {
    const { happened, when, cause } = check.failure
    const lines = [`${check.at.file}:${check.at.line}`, happened, `at ${when}`, ...(cause === undefined ? [] : [`cause: ${cause}`])]
    testCase.failure(clean(happened.split('\n')[0]), 'expectation').stacktrace(clean(lines.join('\n')))
  }
}

/** XML 1.0 has no way to write control characters (§2.2), nor halves of surrogate pairs. */
const clean = (text: string): string => Array.from(text, c => (isWritable(c.codePointAt(0) ?? 0) ? c : '\ufffd')).join('')

const isWritable = (c: number): boolean =>
  c === 0x9 || c === 0xa || c === 0xd || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000
