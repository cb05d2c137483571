/** Path of a Chromium; rejects with one line that says how to get one. */
export function chromiumPath(): Promise<string>
