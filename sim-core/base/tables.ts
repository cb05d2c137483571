/**
 * Rows of typed arrays: how the data plane keeps its state. A table class has one typed array a column; these
 * helpers grow a column and copy tables for snapshots. Columns are plain fields, so that hot code reads
 * `table.column[row]` with no call in between.
 */
export type Column = Float64Array | Int32Array | Uint32Array | Uint16Array | Int16Array | Uint8Array | Int8Array

/** The same column with room for `capacity` rows; new rows are zero, or `fill`. */
export function widen<C extends Column>(column: C, capacity: number, fill = 0): C {
  const wider = new (column.constructor as new (n: number) => C)(capacity)
  wider.set(column as never)
  if (fill !== 0) wider.fill(fill, column.length)
  return wider
}

/** Plain data: what snapshots are made of. Values are copied deeply; the copy shares nothing with the original. */
export function copyPlain<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  if (ArrayBuffer.isView(value)) return (value as unknown as Column).slice() as unknown as T
  if (Array.isArray(value)) return value.map(copyPlain) as unknown as T
  if (value instanceof Map) return new Map(Array.from(value, ([k, v]) => [k, copyPlain(v)])) as unknown as T
  if (value instanceof Set) return new Set(value) as unknown as T
  const out = Object.create(Object.getPrototypeOf(value)) as Record<string, unknown>
  for (const key of Object.keys(value)) out[key] = copyPlain((value as Record<string, unknown>)[key])
  return out as T
}

/** A component of a simulation whose whole changing state is in the named fields (plain data). */
export interface Stateful {
  readonly stateFields: readonly string[]
}

export function captureState(component: Stateful): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const field of component.stateFields) out[field] = copyPlain((component as unknown as Record<string, unknown>)[field])
  return out
}

export function reinstateState(component: Stateful, snapshot: Readonly<Record<string, unknown>>): void {
  for (const field of component.stateFields) (component as unknown as Record<string, unknown>)[field] = copyPlain(snapshot[field])
}
