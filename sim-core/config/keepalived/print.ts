/**
 * A typed tree as keepalived.conf text that keepalived 2.2.7 accepts and that reads back to the same tree. Only what
 * differs from the defaults is written, so that a person can review it. Tested in test/config/keepalived-print.test.ts.
 */
import { printGroup, printVirtualServer } from './print-lvs.ts'
import { printAddress, printGlobals, printInstance, printScript, printSyncGroup, printTrackFile, printTrackProcess } from './print-vrrp.ts'
import type { KeepalivedConfig } from './types.ts'
import { rawText, Writer } from './writer.ts'

export function printKeepalived(config: KeepalivedConfig): string {
  const w = new Writer()
  const each = <T>(list: readonly T[], print: (item: T) => void): void => {
    for (const item of list) {
      w.gap()
      print(item)
    }
  }
  const lines = (head: string, list: readonly string[]): void => {
    if (list.length > 0) w.gap()
    w.list(head, list)
  }
  printGlobals(w, config.globals)
  lines('static_ipaddress', config.staticAddresses.map(printAddress))
  lines(
    'static_routes',
    config.staticRoutes.map(r => rawText(r.text)),
  )
  lines(
    'static_rules',
    config.staticRules.map(r => rawText(r.text)),
  )
  each(config.scripts, s => printScript(w, s))
  each(config.trackProcesses, p => printTrackProcess(w, p))
  each(config.trackFiles, f => printTrackFile(w, f))
  each(config.syncGroups, g => printSyncGroup(w, g, config))
  each(config.instances, i => printInstance(w, i, config))
  each(config.virtualServerGroups, g => printGroup(w, g))
  each(config.virtualServers, v => printVirtualServer(w, v))
  return w.text()
}
