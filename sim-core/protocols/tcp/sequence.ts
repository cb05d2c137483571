/** Sequence numbers: int32 that wrap (RFC 9293 §3.4). Comparisons hold while two numbers are less than 2³¹ apart. */
export const after = (a: number, b: number): boolean => ((a - b) | 0) > 0
export const notBefore = (a: number, b: number): boolean => ((a - b) | 0) >= 0
export const before = (a: number, b: number): boolean => ((a - b) | 0) < 0
export const later = (a: number, b: number): number => (((a - b) | 0) > 0 ? a : b)
