/** TCP endpoints as Linux has them: connections in typed-array rows, kernel timers, congestion control by name. */
export { CONGESTION_NAMES } from './congestion/index.ts'
export { CLOSE_REASONS, type CloseReason, STATE_NAMES } from './constants.ts'
export type { ResetListener, ResetReason, TcpMeter, TcpNetwork, TcpWiring } from './core.ts'
export { type ConnectOptions, Tcp } from './tcp.ts'
export { LINUX_TCP, sackOf, type TcpApplication, type TcpBody, type TcpSettings } from './types.ts'
export { readTcpSysctl, type SysctlReading, TCP_SYSCTLS } from './sysctl.ts'
