/** Which packet is under the pointer: the nearest within reach of a finger. */
import type { Flight, Frame } from '../../sim-core/index.ts'
import type { Layout } from './layout.ts'

const REACH = 14

export function pickPacket(frame: Frame, layout: Layout, x: number, y: number): Flight | undefined {
  let best: Flight | undefined
  let bestDistance = REACH
  for (const f of frame.flights) {
    const lane = layout.lanes[f.link]
    if (lane.length === 0) continue
    const d = Math.hypot(lane.x1 + (lane.x2 - lane.x1) * f.progress - x, lane.y1 + (lane.y2 - lane.y1) * f.progress - y)
    if (d < bestDistance) {
      bestDistance = d
      best = f
    }
  }
  return best
}
