/**
 * Shapes of packets: every kind has its own outline as well as its own colour, so that neither is needed alone. Shapes
 * point to the right; they are turned into the direction of travel. The same outlines draw the legend (as SVG paths).
 */
import type { Look } from '../../sim-core/index.ts'

export interface Glyph {
  /** SVG path around (0, 0), about 12 px across. */
  readonly path: string
  readonly hollow: boolean
  /** Name of the CSS variable of its colour. */
  readonly colour: string
}

export const GLYPHS: Readonly<Record<Look, Glyph>> = {
  arp: { path: 'M0-5.5L5.5 0L0 5.5L-5.5 0Z', hollow: false, colour: '--packet-arp' },
  advert: { path: 'M-5.5 3.5L0-6L5.5 3.5Z M-5.5 5.5H5.5', hollow: false, colour: '--packet-advert' },
  sync: { path: 'M-3-5H3L6 0L3 5H-3L-6 0Z', hollow: true, colour: '--packet-sync' },
  icmp: { path: 'M-1.6-5.5H1.6V-1.6H5.5V1.6H1.6V5.5H-1.6V1.6H-5.5V-1.6H-1.6Z', hollow: false, colour: '--packet-icmp' },
  syn: { path: 'M-4.5-5.5L6 0L-4.5 5.5L-2 0Z', hollow: false, colour: '--packet-syn' },
  data: { path: 'M5 0A5 5 0 1 1-5 0A5 5 0 1 1 5 0Z', hollow: false, colour: '--packet-data' },
  ack: { path: 'M3.4 0A3.4 3.4 0 1 1-3.4 0A3.4 3.4 0 1 1 3.4 0Z', hollow: true, colour: '--packet-ack' },
  fin: { path: 'M-4.6-4.6H4.6V4.6H-4.6Z', hollow: false, colour: '--packet-fin' },
  rst: { path: 'M-5-3L-3-5L0-2L3-5L5-3L2 0L5 3L3 5L0 2L-3 5L-5 3L-2 0Z', hollow: false, colour: '--packet-rst' },
  retransmission: {
    path: 'M5 0A5 5 0 1 1-5 0A5 5 0 1 1 5 0Z M2 0A2 2 0 1 1-2 0A2 2 0 1 1 2 0Z',
    hollow: true,
    colour: '--packet-retransmission',
  },
}
