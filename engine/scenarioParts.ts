/** Pieces that several parts of a scenario's schema are made of. */
import { z } from 'zod';
import type { Json } from './json.ts';

export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a name is a lower-case letter, then up to 30 of a-z 0-9 -');
export const seconds = z.number().min(0).max(100_000);
export const json: z.ZodType<Json> = z.json();

/** A resource of the scenario: `queue:failed`, `stream:clicks`, `kafka:orders`, `function:f`, … */
export const resourceRef = z
  .string()
  .regex(
    /^(queue|topic|bus|bucket|function|stream|table|kafka|broker):[a-z][a-z0-9-]{0,30}$/,
    'a resource is written KIND:NAME, with the kind queue, topic, bus, bucket, function, stream, table, kafka or broker',
  );

/** A named thing with nothing to configure. */
export const place = z.strictObject({ name });
