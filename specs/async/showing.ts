/** How a breach shows what stands in a record or dead letter. */
import type { Json } from '../../engine/json.ts';
import type { Finding } from '../../engine/rule.ts';
import type { Delivery } from '../../engine/view.ts';

/** A breach of a record, shown at its delivery. */
export const wrong = (expected: string, observed: string, { entry }: Delivery): Finding => ({
  expected,
  observed,
  entries: [entry],
});

/** A value for a report: long ones are cut. */
export function shortened(value: Json | undefined): string {
  if (value === undefined) return 'none';
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
