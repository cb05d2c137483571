/** What was being done, so that a bug report can say how to repeat it. */
let command = ''

export function working(on: string): void {
  command = on
}

export const repeatLine = (): string => command || `lvsim ${process.argv.slice(2).join(' ')}`
