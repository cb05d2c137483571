/** Model → Simulation: the one place that knows every registry. */
export { printAddresses, printMacTable, printNeighbours, printSockets, type Socket, socketsOf } from './host-tools.ts'
export { PacketTap, traceSimulation } from './packet-tap.ts'
export { directorTables } from './result.ts'
export { type SimulateOptions, runInSlices, runToEnd, simulate } from './simulate.ts'
export { type FirstCheck, Simulation, type SimulationOptions, type Snapshot } from './simulation.ts'
export { vipsOfModel } from './vips.ts'
