/** What every reader of a text checks before it reads. Tested with each reader. */

/** Where a control character stands that no text file holds, or −1: the file is binary. */
export function controlCharacterIn(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 32 && c !== 9 && c !== 10 && c !== 11 && c !== 12 && c !== 13) return i
  }
  return -1
}
