/** VRRP, for the daemons that run it. See step.ts. */
export * from './config.ts'
export { masterDownNs, secondsText, skewNs } from './intervals.ts'
export type { VrrpAdvert, VrrpEffect, VrrpInput, VrrpInterface } from './messages.ts'
export { STOP_TAKES_NS } from './lifecycle.ts'
export { reachesSocket, rejection } from './packet-check.ts'
export { type InstanceState, VRRP_OFF, type VrrpState } from './state.ts'
export { nextDeadline, stepVrrp, type VrrpStep } from './step.ts'
export { fileStatus, weightOf } from './tracking.ts'
