/** keepalived.conf text ↔ typed tree. */
export { type KeepalivedOptions, type ParsedKeepalived, parseKeepalived } from './parse.ts'
export { printKeepalived } from './print.ts'
export type { IgnoredKeyword, ReaderRelease } from './report.ts'
export type * from './types.ts'
