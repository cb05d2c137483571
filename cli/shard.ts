/**
 * A share of the work: every n-th piece, so that slow neighbours are spread. `auto` asks the environment that CI
 * systems and clusters set for the jobs of an array.
 */
export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
}

type Env = Readonly<Record<string, string | undefined>>

/** A shard, or what is wrong with the text. */
export function readShard(text: string, env: Env): Shard | string {
  if (text === 'auto') return shardOf(env) ?? NO_ARRAY
  const m = /^(\d+)\/(\d+)$/.exec(text)
  if (m === null) return `"${text}" is no shard: write i/n, such as 1/4, or auto`
  const shard = { index: Number(m[1]), count: Number(m[2]) }
  if (shard.count < 1 || shard.index < 1 || shard.index > shard.count) return `there is no shard ${text}: write 1/${m[2]} … ${m[2]}/${m[2]}`
  return shard
}

const NO_ARRAY =
  'auto finds no job array here: it knows CI_NODE_INDEX and CI_NODE_TOTAL (GitLab), SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT, JOB_COMPLETION_INDEX (Kubernetes) with LVSIM_SHARDS; write i/n'

function shardOf(env: Env): Shard | undefined {
  const whole = (name: string) => (/^\d+$/.test(env[name] ?? '') ? Number(env[name]) : undefined)
  const shard = (index: number | undefined, count: number | undefined) =>
    index !== undefined && count !== undefined && index >= 1 && index <= count ? { index, count } : undefined
  const from = (index: number | undefined, first: number) => (index === undefined ? undefined : index - first + 1)
  return (
    shard(whole('CI_NODE_INDEX'), whole('CI_NODE_TOTAL')) ??
    shard(from(whole('SLURM_ARRAY_TASK_ID'), whole('SLURM_ARRAY_TASK_MIN') ?? 1), whole('SLURM_ARRAY_TASK_COUNT')) ??
    shard(from(whole('JOB_COMPLETION_INDEX'), 0), whole('LVSIM_SHARDS'))
  )
}

export const shareOf = <T>(all: readonly T[], shard: Shard | undefined): readonly T[] =>
  shard === undefined ? all : all.filter((_, i) => i % shard.count === shard.index - 1)
