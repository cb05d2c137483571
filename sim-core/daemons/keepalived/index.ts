/** keepalived on a host: see step.ts. */
export type { IpvsDestination, IpvsEffect, IpvsServiceKey, IpvsServiceOptions, KeepalivedEffect, KeepalivedInput } from './messages.ts'
export { type CheckerPlace, type KeepalivedProcessConfig, processConfigOf, WORK_AS_RECORDED, type WorkTimes } from './process-config.ts'
export { BOOTSTRAP_DELAY_NS } from './checkers/health.ts'
export type { CheckerState, ProbeOrder, ProbeOutcome } from './checkers/index.ts'
export { serviceKeys } from './service-keys.ts'
export { type HeldVip, type KeepalivedState, keepalivedOff } from './state.ts'
export { type KeepalivedStep, nextKeepalivedDeadline, stepKeepalived } from './step.ts'
