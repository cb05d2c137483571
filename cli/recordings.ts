/**
 * Files that a run leaves: `--pcap DIR`, one pcapng for each interface, written as the run goes; `--trace OUT`, what the
 * page opens, written at the end. All take their names when they are whole, so what was there before stays until then.
 */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Capture,
  captureNames,
  captureSimulation,
  type PacketTap,
  type Problem,
  type RunResult,
  serialiseTrace,
  type Simulation,
  Trace,
  traceSimulation,
} from '../sim-core/index.ts'
import { reasonOf } from './files.ts'
import { VERSION } from './version.ts'
import { writeWhole } from './write-file.ts'

export interface RecordingOptions {
  /** Folder of the captures. */
  readonly pcap?: string
  readonly trace?: string
}

const BUFFER_BYTES = 1 << 16

export class Recordings {
  private readonly simulation: Simulation
  private readonly options: RecordingOptions
  private readonly tap: PacketTap | undefined
  private readonly capture: Capture | undefined
  private files: CaptureFile[] = []
  private problem: Problem | undefined

  /** Call it before the run's first step. */
  constructor(simulation: Simulation, options: RecordingOptions) {
    this.simulation = simulation
    this.options = options
    const { packetRows } = simulation.model.limits
    if (options.trace !== undefined) this.tap = traceSimulation(simulation, { level: 'full', budgetRows: packetRows })
    if (options.pcap === undefined) return
    const folder = options.pcap
    this.attempt(folder, () => {
      mkdirSync(folder, { recursive: true })
      for (const name of captureNames(simulation.network)) this.files.push(new CaptureFile(join(folder, `${name}.pcapng`)))
    })
    this.capture = captureSimulation(simulation, {
      application: `lvsim ${VERSION}`,
      framesMax: packetRows,
      write: (nic, bytes) => this.attempt(folder, () => this.files[nic]?.write(bytes)),
    })
  }

  /** Writes what is left. Returns what went wrong, and notes about what was left out. */
  finish(result: RunResult): Problem[] {
    const problems: Problem[] = []
    if (this.capture !== undefined) {
      this.capture.finish(result.stopped)
      this.attempt(this.options.pcap ?? '', () => {
        for (const file of this.files) file.finish()
      })
      if (this.problem !== undefined) problems.push(this.problem)
      else problems.push(...this.leftOut(this.capture))
    }
    if (this.tap !== undefined && this.options.trace !== undefined) {
      const trace = new Trace(this.tap.header)
      trace.add(this.tap.take(this.simulation.happenings, result.simulatedNs))
      const problem = writeWhole(this.options.trace, serialiseTrace(trace))
      if (problem !== undefined) problems.push(problem)
    }
    return problems
  }

  private leftOut(capture: Capture): Problem[] {
    const { packetRows } = this.simulation.model.limits
    return this.files.flatMap(({ path }, nic) =>
      capture.leftOut[nic] === 0
        ? []
        : [
            {
              at: { file: path, line: 1, column: 1 },
              severity: 'warning' as const,
              code: 'capture-limit',
              message: `it holds the first ${packetRows} frames, ${capture.leftOut[nic]} more are left out`,
              remedy: 'raise limits.packet_rows of the scenario, or shorten its duration',
            },
          ],
    )
  }

  /** The first thing that cannot be written ends all captures; the run goes on. */
  private attempt(path: string, step: () => void): void {
    if (this.problem !== undefined) return
    try {
      step()
    } catch (error) {
      for (const file of this.files) file.discard()
      this.files = []
      this.problem = {
        at: { file: path, line: 1, column: 1 },
        severity: 'error',
        code: 'cannot-write',
        message: `the captures cannot be written: ${reasonOf(error)}`,
        remedy: 'name a folder that you may write to, on a disk with room',
      }
    }
  }
}

class CaptureFile {
  readonly path: string
  private readonly temporary: string
  private readonly file: number
  private readonly buffer = new Uint8Array(BUFFER_BYTES)
  private used = 0

  constructor(path: string) {
    this.path = path
    this.temporary = `${path}.${process.pid}.new`
    this.file = openSync(this.temporary, 'w')
  }

  write(bytes: Uint8Array): void {
    if (this.used + bytes.length > BUFFER_BYTES) this.flush()
    if (bytes.length > BUFFER_BYTES) this.writeOut(bytes)
    else {
      this.buffer.set(bytes, this.used)
      this.used += bytes.length
    }
  }

  finish(): void {
    this.flush()
    closeSync(this.file)
    renameSync(this.temporary, this.path)
  }

  discard(): void {
    try {
      closeSync(this.file)
    } catch {
      // It was closed before.
    }
    rmSync(this.temporary, { force: true })
  }

  private flush(): void {
    this.writeOut(this.buffer.subarray(0, this.used))
    this.used = 0
  }

  private writeOut(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done)
  }
}
