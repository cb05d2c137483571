/** One entry of `expect:` as it is written. What the words mean is checked by check.ts, when names are known. */
import * as z from 'zod'
import { fields } from '../config/index.ts'
import { STATS } from '../metrics/index.ts'

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
    is: z
      .union([z.string(), z.number()], { error: 'is missing or neither text nor a number' })
      .meta({ description: 'a comparison, a value, or a value with a tolerance', examples: ['<= 3.606s', '102.5 % ± 0.3 %', 25, 'b2'] }),
  })
  .meta({ description: 'What must be true of the run; `lvsim run` fails with exit code 1 otherwise.' })

export type RawExpectation = z.output<typeof expectationSchema>
