/** Readers of command-line options; a mistake is a usage error (exit code 2). */
import { CommanderError, InvalidArgumentError } from 'commander'
import { asSeconds, readInstant } from '../sim-core/index.ts'

export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export const wholeNumber =
  (option: string) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
      throw new InvalidArgumentError(`${option} takes a whole number, such as ${option} 7.`)
    return value
  }

export function usageError(message: string): CommanderError {
  process.stderr.write(`error: ${message}\n`)
  return new CommanderError(2, 'lvsim.usage', message)
}

/** `30s` → 30. */
export const seconds =
  (option: string) =>
  (text: string): number => {
    const read = readInstant(text)
    if (!read.ok) throw new InvalidArgumentError(`${option}: ${read.reason}; ${read.remedy}`)
    return asSeconds(read.value)
  }
