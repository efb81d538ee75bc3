/** A suite on a model with something wrong, held against a baseline: `vitest.test.ts` runs it and looks at what comes of it. */
import { memory } from '../../adapters/memory/index.ts';
import { rules } from '../../specs/catalogue.ts';
import { conformance } from '../vitest.ts';

const chosen = ['ASYNC-RETRY-01', 'ASYNC-DEST-01', 'ASYNC-DLQ-03', 'ASYNC-RETRY-02', 'ASYNC-DEST-04'];

conformance({
  target: () =>
    memory({
      policy: { maximumRetryAttempts: 3 },
      tamper: () => (entry) => (entry.kind === 'delivered' ? { ...entry, attributes: {} } : entry),
    }),
  rules: rules.filter(({ id }) => chosen.includes(id)),
  scenarios: 400,
  baseline: [
    { rule: 'ASYNC-RETRY-01', reason: 'one retry too many', link: 'https://example.org/1' },
    { rule: 'ASYNC-DLQ-03', reason: 'no attributes', expires: '2020-01-01' },
    { rule: 'ASYNC-RETRY-02', reason: 'it was slow' },
    { rule: 'ASYNC-DEST-04', reason: 'now and then', isIntermittent: true },
  ],
});
