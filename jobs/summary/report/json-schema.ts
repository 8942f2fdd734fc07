import { z } from 'zod';
import { reportSchema } from './schema.ts';

/** The JSON Schema of a report file, for editors, as `report.schema.json` holds it. */
export function reportJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(reportSchema, { io: 'input' }), null, 2)}\n`;
}
