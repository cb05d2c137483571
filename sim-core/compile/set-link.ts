/** `set`: options of a cable in the middle of a run. The target is a direction (`b1→switch`) or a host (both directions). */
import type { Network } from '../net/index.ts'
import type { EventModel } from '../scenario/index.ts'

/** Returns the links that were changed. */
export function setLink(network: Network, event: EventModel): number[] {
  const { links } = network
  const matching = links.names.flatMap((name, l) => (name === event.target || touches(name, event.target) ? [l] : []))
  const o = event.options
  const number = (key: string): number | undefined => (o[key] === undefined ? undefined : Number(o[key]))
  for (const l of matching)
    links.set(l, {
      rateBps: number('rateBps'),
      delayNs: number('delayNs'),
      queuePackets: number('queuePackets'),
      queueBytes: number('queueBytes'),
      loss: number('loss'),
      mtuBytes: number('mtuBytes'),
    })
  return matching
}

const touches = (link: string, host: string): boolean =>
  !host.includes('→') && link.split('→').some(end => end === host || end.startsWith(`${host}.`))
