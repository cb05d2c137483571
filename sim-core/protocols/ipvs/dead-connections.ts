/**
 * expire_nodest_conn 1: connections whose server was removed end at once, and with the last of them the template that leads them,
 * used or not (ip_vs_expire_nodest_conn_flush, Linux 5.9 and later).
 */
import { FLAG_TEMPLATE } from './connection-table.ts'
import type { Director } from './director.ts'
import { DEST_AVAILABLE } from './destinations.ts'

export function flushDeadConnections(d: Director): void {
  const { table, entries } = d
  const end = (c: number): void => {
    d.story.ended(c, 'server gone')
    entries.delete(c, d.jiffy())
  }
  table.forEach(c => {
    const dest = table.dest[c]
    if (dest === 0 || (d.dests.flags[dest] & DEST_AVAILABLE) !== 0) return
    const isTemplate = (table.flags[c] & FLAG_TEMPLATE) !== 0
    if (isTemplate && table.control[c] > 0) return
    const template = isTemplate ? 0 : table.control[c]
    end(c)
    if (template !== 0 && table.control[template] === 0 && entries.wheel.isArmed(template)) end(template)
  })
}
