/** keepalived on a host: see step.ts. */
export type { IpvsDestination, IpvsEffect, IpvsServiceKey, IpvsServiceOptions, KeepalivedEffect, KeepalivedInput } from './messages.ts'
export { type KeepalivedProcessConfig, processConfigOf, WORK_AS_RECORDED, type WorkTimes } from './process-config.ts'
export { serviceKeys } from './services.ts'
export { type HeldVip, type KeepalivedState, keepalivedOff } from './state.ts'
export { type KeepalivedStep, nextKeepalivedDeadline, stepKeepalived } from './step.ts'
