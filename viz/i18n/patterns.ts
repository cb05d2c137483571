/** English sentences of the core → keys of the dictionary; groups become {1}, {2} … */
export type Pattern = readonly [RegExp, string]

export const WHAT_PATTERNS: readonly Pattern[] = [
  [/^(\S+) begins as (\w+)$/, 'what.begins'],
  [/^(\S+) (\w+) → (\w+)$/, 'what.state'],
  [/^keepalived (.+)$/, 'what.keepalived'],
]

export const CAUSE_PATTERNS: readonly Pattern[] = [[/^the scenario says so \((.+)\)$/, 'cause.scenario']]
