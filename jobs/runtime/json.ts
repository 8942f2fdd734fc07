import type { z } from 'zod';

/** What a text holds when it is JSON of this shape, else null. */
export function parseJsonAs<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
