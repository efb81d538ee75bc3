import { describe, expect, test } from 'vitest';
import type { Entry, History } from '../../engine/history.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { decided } from '../testing/notation.ts';
import { recur04 } from './queueLoops.ts';

const kept = { kept: 1, broken: [], unknown: [] };

interface Chain {
  /** So many messages had an attempt; the last of them sent one more. */
  readonly attempts: number;
  readonly isRedriven?: boolean;
  readonly scenario?: Partial<Scenario>;
  readonly function?: Partial<Scenario['functions'][number]>;
  readonly queue?: object;
  readonly closedAt?: number;
}

const id = (n: number): string => (n === 1 ? 'r1' : `r1.${n}`);

/** A message, sent on by each attempt with it: one a second. */
function chain({ attempts, isRedriven = false, closedAt, ...more }: Chain) {
  const scenario: Scenario = {
    scenario: 1,
    functions: [{ name: 'f', timeoutSeconds: 3, ...more.function }],
    queues: [
      {
        name: 'q',
        visibilityTimeoutSeconds: 5,
        redrive: { to: 'queue:dead', maxReceiveCount: 2 },
        ...more.queue,
      },
      { name: 'dead' },
    ],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
    steps: [
      {
        ...{ atSeconds: 0, do: 'send', to: 'queue:q' },
        records: [{ record: 'r1', plan: [{ do: 'ok', chainTo: 'queue:q' }] }],
      },
    ],
    ...more.scenario,
  };
  const sent = (n: number): Entry => ({
    ...{ kind: 'sent', at: n, requestedAt: n, step: 0, record: id(n), resource: 'queue:q', id: `m${n}` },
    ...(n === 1 ? {} : { chainedFrom: `a${n - 1}` }),
  });
  const entries: Entry[] = [sent(1)];
  for (let n = 1; n <= attempts; n++) {
    const records = [{ record: id(n), id: `m${n}`, receiveCount: 1 }];
    const started = {
      kind: 'started',
      at: n + 0.5,
      attempt: `a${n}`,
      function: 'f',
      version: '$LATEST',
    } as const;
    entries.push({ ...started, requestId: `q${n}`, payload: {}, planned: 'ok', mapping: 'm', records });
    entries.push({ kind: 'ended', at: n + 0.6, attempt: `a${n}`, outcome: 'ok' }, sent(n + 1));
  }
  if (isRedriven)
    entries.push({ kind: 'delivered', at: 100, resource: 'queue:dead', record: id(attempts + 1), body: {} });
  entries.push(
    closedAt === undefined ? { kind: 'closed', at: 900, isComplete: true } : { kind: 'closed', at: closedAt },
  );
  const history: History = { scenario, entries };
  return viewOf(history, AWS_TOLERANCES);
}

describe('ASYNC-RECUR-04: loops through a queue', () => {
  test('stopped after sixteen, the message in the dead-letter queue: kept', () => {
    expect(decided(recur04, chain({ attempts: 16, isRedriven: true }))).toMatchObject(kept);
  });

  test('thirty attempts: broken for each from the 21st on', () => {
    const { broken } = decided(recur04, chain({ attempts: 30 }));
    expect(broken.slice(0, 10).map(({ observed }) => observed)).toEqual(Array(10).fill('an attempt'));
  });

  test('stopped, and the message gone: broken', () => {
    expect(decided(recur04, chain({ attempts: 16 })).broken).toMatchObject([
      { expected: 'r1.17, which would extend a loop, in the dead-letter queue' },
    ]);
  });

  test.each<[string, Chain]>([
    ['the queue has no dead-letter queue', { attempts: 16, queue: { redrive: undefined } }],
    ['the observer left early', { attempts: 16, closedAt: 60 }],
    ['its messages are kept for a minute only', { attempts: 16, queue: { retentionSeconds: 60 } }],
    ['the function has a reserve of its own', { attempts: 16, function: { reservedConcurrency: 1 } }],
  ])('stopped, and the message not seen again, but %s: nobody can tell', (_why, more) => {
    expect(decided(recur04, chain(more))).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test.each<[string, Chain]>([
    ['RecursiveLoop is Allow', { attempts: 30, function: { recursiveLoop: 'Allow' } }],
    ['the chain is short', { attempts: 8 }],
  ])('where %s, it is not concerned', (_why, more) => {
    expect(decided(recur04, chain(more))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });
});
