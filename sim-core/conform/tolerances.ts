/**
 * How near is near enough: one table for every case, printed with the report and in docs/FIDELITY.md, never changed for
 * a single case. From conformance/README.md ("How to compare").
 */
export interface Tolerances {
  /** An event may be this much later or earlier than recorded, s. */
  readonly lateS: number
  readonly earlyS: number
  /** Events of one host and instance less than this apart have no order, s. */
  readonly simultaneousS: number
  /** Delay of a request: seconds, plus this share of the recorded delay. */
  readonly requestS: number
  readonly requestShare: number
  /** How much longer a recorded request may have taken, because its process ran late, s. */
  readonly processLagS: number
  /** The phase of the kernel's timer wheel is known: entries vanish at the recorded tick. */
  readonly wheelPhaseKnown: boolean
}

/** Recorded in virtual time: code costs nothing, timers are exact. */
export const VIRTUAL_TIME: Tolerances = {
  lateS: 0.001,
  earlyS: 0.001,
  simultaneousS: 0.0001,
  requestS: 0.001,
  requestShare: 0,
  processLagS: 0,
  wheelPhaseKnown: true,
}

/** Recorded in real time: timers of a process are late by milliseconds, never early; each step counts from what really happened before. */
export const REAL_TIME: Tolerances = {
  lateS: 0.06,
  earlyS: 0.001,
  simultaneousS: 0.0001,
  requestS: 0.005,
  requestShare: 0.05,
  processLagS: 0,
  wheelPhaseKnown: false,
}

/** Tables of a recording in real time: what a process did and read may have been this much later than in a run, s. */
const PROCESS_LAG_S = 0.7
/** Polls of a process that lags fall between those of a run. */
const POLL_LAG_S = 0.1
/** The wheel's step for timeouts of 60 to 300 s at HZ 100. */
export const WHEEL_STEP_S = 5.12

const REAL_TIME_TABLES: Tolerances = { ...REAL_TIME, earlyS: PROCESS_LAG_S, lateS: POLL_LAG_S, processLagS: PROCESS_LAG_S }

/** Capacity cases: packets delivered, as a share; loss, as a difference of ratios. */
export const DELIVERED_SHARE = 0.001
export const LOSS_DIFFERENCE = 0.002
/** One packet at each edge of a bin may fall on either side of it. */
export const BIN_EDGE_PACKETS = 2

export const tolerancesOf = (virtualTime: boolean): Tolerances => (virtualTime ? VIRTUAL_TIME : REAL_TIME_TABLES)

/** For reports: what each tolerance is, one line each. */
export const TOLERANCE_LINES: readonly string[] = [
  `virtual time: an event within ${VIRTUAL_TIME.lateS * 1e3} ms, in order for each host and instance; less than ${VIRTUAL_TIME.simultaneousS * 1e3} ms apart has no order`,
  `real time, in lockstep: each step within ${REAL_TIME.lateS * 1e3} ms of its prediction from the last event that really happened, never ${REAL_TIME.earlyS * 1e3} ms early`,
  'IPVS in virtual time: the same servers, tables (in list order), states and remaining seconds; entries appear, change and vanish at the same 10 ms tick',
  `tables in real time: the same, without remaining seconds; processes and polls up to ${PROCESS_LAG_S} s late, entries gone within ${WHEEL_STEP_S} s (the phase of the timer wheel is not known)`,
  `requests: same fate and server; delay within ${VIRTUAL_TIME.requestS * 1e3} ms in virtual time, ${REAL_TIME.requestS * 1e3} ms plus ${REAL_TIME.requestShare * 100} % in real time`,
  `capacity: packets delivered so far within ${DELIVERED_SHARE * 100} % (or ${BIN_EDGE_PACKETS} packets at the edges of a bin), loss within ${LOSS_DIFFERENCE * 100} percentage points`,
]
