import { expect, test } from 'vitest';
import type { Capability } from './capabilities.ts';
import { ChunkCount } from './deciding.ts';
import { scenarioSchema } from './scenario.ts';
import { AWS_TOLERANCES } from './tolerances.ts';

const scenario = scenarioSchema.parse({ scenario: 1, functions: [{ name: 'f' }], steps: [] });

function declined(what: { capability?: Capability }) {
  const count = new ChunkCount([]);
  const entries = [
    { kind: 'declined', at: 0, ...what, error: 'refused' },
    { kind: 'closed', at: 0 },
  ] as const;
  count.take(0, { scenario, entries }, AWS_TOLERANCES);
  return count.chunk(0, 1).declined;
}

test('a capability that was declined is counted as such; one setting that was refused says nothing of any', () => {
  expect(declined({ capability: 'aliases' })).toEqual({ aliases: 'refused' });
  expect(declined({})).toEqual({});
});
