/** keepalived.conf text ↔ typed tree. */
export type * from './types.ts'
