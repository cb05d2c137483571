/** One entry of `expect:` as it is written. What the words mean is checked by check.ts, when names are known. */
import * as z from 'zod'
import { fields } from '../config/index.ts'
import { STATS } from '../metrics/index.ts'

const comparison = (description: string, ...examples: (string | number)[]) =>
  z.union([z.string(), z.number()], { error: 'is neither text nor a number' }).optional().meta({ description, examples })

export const expectationSchema = z
  .strictObject({
    metric: z.string().meta({ description: 'name of a metric; `lvsim metrics` lists them', examples: ['link.offered', 'vip.owner'] }),
    of: z
      .string()
      .optional()
      .meta({ description: 'what the metric is about', examples: ['switch→b2', '10.10.1.10', 'ingress', 'b1/10.10.1.11:80'] }),
    window: z.string().optional().meta({ description: 'name of a window; the whole run unless given' }),
    at: fields.instant('an instant instead of a window').optional(),
    stat: fields.oneOf(STATS, 'statistic over the bins, or over the packets of a time metric').optional(),
    bin: fields.duration('length of a bin, 1s unless given').optional(),
    is: comparison('a comparison, a value, or a value with a tolerance', '<= 3.606s', '102.5 % ± 0.3 %', 25, 'b2'),
    always: comparison('instead of `is`: what holds at every instant of the window', 'b2', '<= 100 %'),
    never: comparison('instead of `is`: what holds at no time of the window', '> 1', 'none'),
    longer_than: fields.duration('with `never`: it may hold for so long at a time').optional(),
    after: fields.instant('with `within`: from when on').optional(),
    within: fields.duration('with `is`: so long after `after` it holds, and until the end of the window').optional(),
  })
  .meta({ description: 'What must be true of the run; `lvsim run` fails with exit code 1 otherwise.' })

export type RawExpectation = z.output<typeof expectationSchema>
