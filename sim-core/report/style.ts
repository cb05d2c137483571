/** Colours and weights of a text report, passed in: a terminal's, or none. Text is aligned before it is coloured. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
}

const same = (text: string): string => text
export const PLAIN: Style = { bold: same, dim: same, good: same, bad: same, warn: same }
