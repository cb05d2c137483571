/** The flow-level model: the same Model calculated with rates, for hours of simulated time and hundreds of hosts. */
export { RatesRun } from './run.ts'
export { modelInSlices, ratesInSlices, simulateModel, simulateRates } from './simulate.ts'
