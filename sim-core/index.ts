/** The public interface: what the command line, the page and programs import. */
export * from './base/files.ts'
export * from './base/problem.ts'
export { AssertionError } from './base/assert.ts'
export {
  directorTables,
  type FirstCheck,
  PacketTap,
  printAddresses,
  printMacTable,
  printNeighbours,
  printSockets,
  runInSlices,
  runToEnd,
  type Socket,
  type SimulateOptions,
  Simulation,
  type SimulationOptions,
  simulate,
  type Snapshot,
  socketsOf,
  traceSimulation,
  vipsOfModel,
} from './compile/index.ts'
export { readInstant } from './config/index.ts'
export { type Measure, readMeasure } from './expect/index.ts'
export * from './metrics/index.ts'
export { modelInSlices, simulateModel } from './rates/index.ts'
export * from './report/index.ts'
export * from './scenario/index.ts'
export * from './sweep/index.ts'
export * from './trace/index.ts'
export { asSeconds } from './base/units.ts'
export { formatIpv4, parseIpv4 } from './base/address.ts'
export { printConnections, printListing, type ListedConnection, type ListedService } from './config/index.ts'
/** The capacity planner, under a name of its own: `plan.solvePlan(…)`. */
export * as plan from './plan/index.ts'
/** Recordings of real systems, replayed: `conform.replay(…)`. */
export * as conform from './conform/index.ts'
