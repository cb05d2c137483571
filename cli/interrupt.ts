/**
 * Somebody asks to stop: a person with Ctrl-C (SIGINT), or a CI that cancels a job (SIGTERM). Both keep what there is; a
 * second request ends the process at once.
 */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const INTERRUPTED = 130

export function onInterrupt(stop: () => void): void {
  const asked = (): void => {
    for (const signal of SIGNALS) {
      process.off(signal, asked)
      process.once(signal, () => process.exit(INTERRUPTED))
    }
    stop()
  }
  for (const signal of SIGNALS) process.once(signal, asked)
}
