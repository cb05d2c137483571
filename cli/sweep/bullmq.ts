/**
 * BullMQ, which only `--queue` needs: it is not installed with lvsim (its dependencies bring install scripts) but found
 * beside it, or in the folder where the command runs. What we use of it is written down here.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { usageError } from '../arguments.ts'

export interface QueueJob {
  readonly id?: string
  readonly data: unknown
  readonly returnvalue: unknown
  readonly failedReason?: string
}

export interface JobQueue {
  add(name: string, data: unknown, options: Readonly<Record<string, unknown>>): Promise<unknown>
  getJob(id: string): Promise<QueueJob | undefined>
  getJobState(id: string): Promise<string>
  remove(id: string): Promise<unknown>
  waitUntilReady(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
  disconnect(): Promise<void>
}

export interface JobWorker {
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'completed', listener: (job: QueueJob) => void): unknown
  waitUntilReady(): Promise<unknown>
  close(force?: boolean): Promise<void>
}

type Options = Readonly<Record<string, unknown>>

export interface BullMq {
  readonly Queue: new (name: string, options: Options) => JobQueue
  readonly Worker: new (name: string, work: (job: QueueJob) => Promise<unknown>, options: Options) => JobWorker
}

export async function loadBullMq(): Promise<BullMq> {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    let found: string
    try {
      found = createRequire(from).resolve('bullmq')
    } catch {
      continue
    }
    return (await import(pathToFileURL(found).href)) as BullMq
  }
  throw usageError('--queue needs BullMQ, which lvsim does not bring: npm install bullmq ioredis, here or beside lvsim')
}

const RECONNECT_MS = { first: 200, most: 2000 }

/** Commands wait for a Redis that is gone for a while, and are sent when it is back. */
export function connectionTo(url: string): Options {
  const at = URL.canParse(url) ? new URL(url) : undefined
  if (at === undefined || !['redis:', 'rediss:'].includes(at.protocol) || at.hostname === '')
    throw usageError(`--queue ${url}: write the address of a Redis, such as redis://127.0.0.1:6379`)
  const { first, most } = RECONNECT_MS
  return { url, maxRetriesPerRequest: null, retryStrategy: (times: number) => Math.min(first * times, most) }
}

/** Of one program: workers of another version must not answer. BullMQ allows no colons in it. */
export const queueNameFor = (engine: string): string => `lvsim-${engine}`
