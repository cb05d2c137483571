/**
 * Watches the folders of scenarios. Changes are gathered from the moment it is made, so that what is saved while a
 * suite still runs is not missed.
 */
import { type FSWatcher, watch } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'

/** Editors write a file in several steps. */
const QUIET_MS = 150

export class ChangeWatch {
  private readonly scenarios: readonly string[]
  private readonly watchers: FSWatcher[]
  private readonly changed = new Set<string>()
  private lastMs = 0
  private wake: () => void = () => undefined

  constructor(scenarios: readonly string[]) {
    this.scenarios = scenarios
    const folders = [...new Set(scenarios.map(s => resolve(dirname(s))))]
    const outermost = folders.filter(f => !folders.some(o => o !== f && f.startsWith(o + sep)))
    this.watchers = outermost.map(folder =>
      watch(folder, { recursive: true }, (_event, name) => {
        // Our own files on their way into place.
        if (name === null || name.endsWith('.new')) return
        this.changed.add(resolve(folder, name))
        this.lastMs = performance.now()
        this.wake()
      }),
    )
  }

  /** The scenarios in whose folder, or below it, something changed; empty when `stop` came first. */
  async next(stop: AbortSignal): Promise<readonly string[]> {
    while (!stop.aborted) {
      const found = this.scenarios.filter(s => [...this.changed].some(path => path.startsWith(resolve(dirname(s)) + sep)))
      if (found.length > 0 && performance.now() - this.lastMs >= QUIET_MS) {
        this.changed.clear()
        return found
      }
      await this.somethingOrQuiet(stop)
    }
    return []
  }

  close(): void {
    for (const w of this.watchers) w.close()
  }

  private somethingOrQuiet(stop: AbortSignal): Promise<void> {
    return new Promise(done => {
      const timer = this.changed.size > 0 ? setTimeout(done, QUIET_MS) : undefined
      const end = (): void => {
        clearTimeout(timer)
        done()
      }
      this.wake = end
      stop.addEventListener('abort', end, { once: true })
    })
  }
}
