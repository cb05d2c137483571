/** Text that people and programs write, as typed data with positions, and back to text. */
export * from './address.ts'
export * from './ipv4.ts'
export * from './ipvsadm/index.ts'
export * from './keepalived/index.ts'
export * from './quantity.ts'
export * from './yaml/index.ts'
export * as fields from './fields.ts'
