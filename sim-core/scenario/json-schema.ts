/** The JSON Schema of scenario files, generated: editors that read YAML complete and check with it. */
import * as z from 'zod'
import { scenarioSchema } from './schema.ts'

export const scenarioJsonSchema = (): unknown => z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' })
