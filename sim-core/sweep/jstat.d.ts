/** The part of jstat that is used; it brings no types. */
declare module 'jstat' {
  export interface JStat {
    readonly studentt: { inv(probability: number, degreesOfFreedom: number): number }
  }
  const jstat: JStat
  export default jstat
}
