/** The readable twin of the event queue: a list that is kept sorted. */
type Entry = [time: number, sequence: number, code: number]

export class EventQueueModel {
  private entries: Entry[] = []

  push(time: number, sequence: number, code: number): void {
    this.entries.push([time, sequence, code])
    this.entries.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  }

  pop(): Entry | undefined {
    return this.entries.shift()
  }

  get size(): number {
    return this.entries.length
  }
}
