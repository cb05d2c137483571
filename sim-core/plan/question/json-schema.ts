/** The JSON Schema of question files, generated: editors that read YAML complete and check with it. */
import * as z from 'zod'
import { questionSchema } from './schema.ts'

export const questionJsonSchema = (): unknown => z.toJSONSchema(questionSchema, { io: 'input', unrepresentable: 'any' })
