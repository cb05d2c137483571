/** What reports ask about a virtual router. */
export { addressesOf } from './cluster.ts'
export { rankedMembers } from './election.ts'
