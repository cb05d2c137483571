/**
 * Checks of our own invariants. A failed assertion is always a bug of lvsim, never the user's mistake: those are
 * `Problem`s (problem.ts). The command line turns this error into exit code 70 with what is needed to repeat it.
 */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`)
}
