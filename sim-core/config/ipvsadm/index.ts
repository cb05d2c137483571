/** ipvsadm rules, command lines and listings ↔ plain data. */
export { DEFAULT_SCHEDULER, type ParsedCommand, parseIpvsadmCommand } from './command.ts'
export { compareEndpoints, compareKeys, keyOption, keyText } from './key.ts'
export { type IpvsListing, parseIpvsadmListing, parseIpvsText } from './listing.ts'
export { type ListingFormat, type ListingOptions, printConnections, printListing, printTimeouts } from './print-listing.ts'
export { printRules } from './print-rules.ts'
export { applyRules, type IpvsRules, parseIpvsadmRules } from './rules.ts'
export { canonicalFlag, flagsOf, SCHEDULER_FLAGS, SCHEDULERS, sortFlags } from './schedulers.ts'
export type * from './types.ts'
