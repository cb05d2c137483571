/** Model → Simulation: the one place that knows every registry. */
export { PacketTap, traceSimulation } from './packet-tap.ts'
export { directorTables } from './result.ts'
export { type SimulateOptions, runInSlices, runToEnd, simulate } from './simulate.ts'
export { Simulation, type SimulationOptions, type Snapshot } from './simulation.ts'
export { vipsOfModel } from './vips.ts'
