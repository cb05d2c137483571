/** ipvsadm rules and listings ↔ plain data. */
export type * from './types.ts'
