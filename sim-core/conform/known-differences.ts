/**
 * Recordings that are not reproduced entirely, each with the reason. A case in this list may differ in these kinds and by no
 * more than stated without failing `lvsim conform`; the table of docs/FIDELITY.md shows what differs.
 */
import type { ObservedKind } from './observed.ts'
import type { CaseScore } from './score.ts'

export interface KnownDifference {
  /** Last two parts of the case's folder: names are not unique across families. */
  readonly directory: string
  /** How many lines of each kind may differ. */
  readonly lines: Readonly<Partial<Record<ObservedKind, number>>>
  readonly reason: string
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    directory: 'ipvs/e06',
    lines: { conn: 3 },
    reason:
      'the director tells its backup about a flow at packets 3, 53, 103 …; a real kernel sends the 53rd ACK of such a download after 4.0 s when the server writes its header apart and after 4.1 s when not, as lvsim does; the recording has the one in its first flow and the other in its fourth, and does not show their packets',
  },
]

/** The entry that covers everything in which a case differs. */
export function knownDifference(score: CaseScore): KnownDifference | undefined {
  const known = KNOWN_DIFFERENCES.find(k => score.directory === k.directory || score.directory.endsWith(`/${k.directory}`))
  if (known === undefined) return undefined
  const covered = Object.entries(score.kinds).every(
    ([kind, { matched, total }]) => total - matched <= (known.lines[kind as ObservedKind] ?? 0),
  )
  return covered ? known : undefined
}
