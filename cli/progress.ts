/** One line on stderr while a run takes long, only where a person sees it. An interrupt ends the run and keeps what there is. */
import { onInterrupt } from './interrupt.ts'

const SHOW_AFTER_MS = 400

let interrupted = false
export const wasInterrupted = (): boolean => interrupted

export function catchInterrupt(): void {
  onInterrupt(() => {
    interrupted = true
  })
}

export class Progress {
  private readonly name: string
  private readonly begun = performance.now()
  private readonly visible = process.stderr.isTTY === true && process.env['CI'] === undefined
  private shown = false
  private shownAtMs = 0

  constructor(name: string) {
    this.name = name
  }

  /** False when the user has had enough. */
  show(share: number): boolean {
    const ms = performance.now() - this.begun
    if (this.visible && ms > this.shownAtMs + SHOW_AFTER_MS && share > 0) {
      this.shownAtMs = ms
      const left = Math.ceil((ms / 1000) * (1 / share - 1))
      process.stderr.write(`\r\x1b[K${this.name}: ${Math.floor(100 * share)} %, about ${left} s left`)
      this.shown = true
    }
    return !interrupted
  }

  /** What is being done, where no share is known. */
  say(text: string): void {
    if (!this.visible || performance.now() - this.begun <= SHOW_AFTER_MS) return
    process.stderr.write(`\r\x1b[K${this.name}: ${text}`)
    this.shown = true
  }

  done(): void {
    if (this.shown) process.stderr.write('\r\x1b[K')
  }
}
