export { ARRIVAL_EVENT, Engine, type EventHandler } from './engine.ts'
export { EventQueue, eventCode } from './event-queue.ts'
export { type TimerHandler, Timers } from './timers.ts'
