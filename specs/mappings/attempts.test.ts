import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { alo01, batch01, batch02, batch03, dup01, ext01, metric01, qual01, sync01 } from './attempts.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const stream: Given = { mapping: { startingPosition: 'TRIM_HORIZON' }, stream: { shards: 2 } };

describe('POLL-SYNC-01: nothing of a mapping goes where the function’s own events go', () => {
  const given: Given = {
    function: {
      deadLetter: 'queue:dead',
      eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed' }],
    },
    scenario: { queues: [{ name: 'dead' }, { name: 'failed' }] },
  };
  const lines = ['send r1 @0', 'batch r1 @1: throw'];
  const arrival = (resource: string, body: object) => {
    const view = polled(given, ...lines);
    const entry = { kind: 'delivered', at: 2, resource, body: body as never } as const;
    return {
      ...view,
      deliveries: [{ entry, at: 2, resource, event: undefined, role: 'deadLetter' as const }],
    };
  };

  test('nothing arrives there: kept', () =>
    expect(decided(sync01, polled(given, ...lines))).toMatchObject(kept));

  test.each([
    ['the batch itself', 'queue:dead', { Records: [{ messageId: '1', eventSource: 'aws:sqs' }] }],
    ['a record about it', 'queue:failed', { requestPayload: { Records: [{ eventSource: 'aws:sqs' }] } }],
  ])('%s arrives: broken', (_what, resource, body) => {
    expect(decided(sync01, arrival(resource, body)).broken[0]?.observed).toBe('a batch arrived there');
  });

  test('a dead letter about another event arrives: kept', () => {
    expect(decided(sync01, arrival('queue:dead', { hello: 'world' }))).toMatchObject(kept);
  });

  test('a function without any of them is not concerned', () => {
    expect(decided(sync01, polled({}, ...lines)).kept).toBe(0);
  });
});

describe('POLL-ALO-01: each record is part of an attempt', () => {
  test('of a queue and of a stream: kept', () => {
    expect(decided(alo01, polled({}, 'send r1 @0', 'batch r1 @1: ok'))).toMatchObject(kept);
    expect(decided(alo01, polled(stream, 'send r1 @0 on 0', 'batch r1 @1: ok'))).toMatchObject(kept);
  });

  test('a record in no attempt: broken', () => {
    expect(decided(alo01, polled({}, 'send r1 r2 @0', 'batch r1 @1: ok')).broken).toMatchObject([
      { expected: 'r2 in an attempt of the mapping m', observed: 'none' },
    ]);
  });

  test('one that the filters leave out: kept', () => {
    const given: Given = {
      mapping: { filters: [{ body: { kind: ['a'] } }] },
      records: { r1: { body: { kind: 'b' } } },
    };
    expect(decided(alo01, polled(given, 'send r1 @0'))).toMatchObject(kept);
  });

  test.each<[string, Given, string[]]>([
    ['the mapping is disabled', { mapping: { enabled: false } }, []],
    ['the observer left before it was due', { closedAt: 30 }, []],
    ['the queue was deleted', {}, ['removed queue/q @1']],
    ['the role lacked the right to the queue', {}, ['denied queue/q @0']],
    ['the function had no concurrency', { function: { reservedConcurrency: 0 } }, []],
    [
      'a repetition of another message',
      { queue: { fifo: true }, records: { r1: { group: 'g', deduplicationId: 'd' } } },
      [],
    ],
    ['a queue that keeps nothing for long', { queue: { retentionSeconds: 60 } }, []],
    [
      'a change of the mapping',
      {},
      ['request UpdateEventSourceMapping {"UUID":"mapping:m","BatchSize":1} @0: 202'],
    ],
  ])('%s: nobody can tell', (_why, given, lines) => {
    const found = decided(alo01, polled(given, 'send r1 @0', ...lines));
    expect(found).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('two mappings of one queue share its messages: not judged', () => {
    const given: Given = {
      mappings: [{ name: 'other', function: 'g' }],
      scenario: { functions: [{ name: 'g', timeoutSeconds: 3 }] },
    };
    expect(decided(alo01, polled(given, 'send r1 @0')).broken).toEqual([]);
  });

  test('a record that its stream refused is not concerned', () => {
    expect(decided(alo01, polled(stream, 'unsent r1 Throttled @0')).kept).toBe(0);
  });
});

test('POLL-DUP-01: what comes again after success is reported', () => {
  const observed = (...lines: string[]) => decided(dup01, polled({}, 'send r1 @0', ...lines)).observed;
  expect(observed('batch r1 @1: ok')).toEqual(['in no attempt after a success']);
  expect(observed('batch r1 @1: ok', 'batch r1 @40: ok')).toEqual(['in another attempt after a success']);
  expect(observed('batch r1 @1: throw')).toEqual(['in no attempt that succeeded as a whole']);
});

describe('POLL-BATCH-01: between 1 and BatchSize records', () => {
  const given: Given = { mapping: { batchSize: 2 } };

  test('two of two: kept', () =>
    expect(decided(batch01, polled(given, 'send r1 r2 @0', 'batch r1 r2 @1: ok'))).toMatchObject(kept));

  test('three: broken', () => {
    const view = polled(given, 'send r1..r3 @0', 'batch r1..r3 @1: ok');
    expect(decided(batch01, view).broken).toMatchObject([{ observed: '3' }]);
  });

  test('none: broken, but at the end of a tumbling window', () => {
    expect(decided(batch01, polled(given, 'send r1 @0', 'batch @1: ok')).broken).toHaveLength(1);
    const windowed: Given = { ...stream, mapping: { ...stream.mapping, tumblingWindowSeconds: 5 } };
    expect(decided(batch01, polled(windowed, 'send r1 @0 on 0', 'batch @6 on 0: ok')).broken).toEqual([]);
  });

  test('three while the batch size was raised: kept', () => {
    const view = polled(
      given,
      'send r1..r3 @0',
      'request UpdateEventSourceMapping {"UUID":"mapping:m","BatchSize":3} @0.5: 202',
      'batch r1..r3 @1: ok',
    );
    expect(decided(batch01, view).broken).toEqual([]);
  });
});

describe('POLL-BATCH-02: at most 6 MB', () => {
  const large = { body: { $filler: 1_000_000 } };
  const given: Given = { records: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`r${n}`, large])) };

  test('six messages of a million bytes: kept', () =>
    expect(decided(batch02, polled(given, 'send r1..r6 @0', 'batch r1..r6 @1: ok'))).toMatchObject(kept));

  test('seven: broken', () => {
    const view = polled(given, 'send r1..r7 @0', 'batch r1..r7 @1: ok');
    expect(decided(batch02, view).broken[0]?.observed).toBe('7000000 bytes of bodies alone');
  });

  test('the data of Kinesis is in base64, a third longer: five millions of bytes are too many', () => {
    const records = given.records ?? {};
    const of = (...lines: string[]) => decided(batch02, polled({ ...stream, records }, ...lines));
    expect(of('send r1..r4 @0', 'batch r1..r4 @1: ok')).toMatchObject(kept);
    expect(of('send r1..r5 @0', 'batch r1..r5 @1: ok').broken).toHaveLength(1);
  });

  test('small ones do not concern it', () =>
    expect(decided(batch02, polled({}, 'send r1 @0', 'batch r1 @1: ok')).kept).toBe(0));
});

describe('POLL-BATCH-03: all records of one source, and one shard', () => {
  test('of one shard: kept', () =>
    expect(decided(batch03, polled(stream, 'send r1 r2 @0 on 0', 'batch r1 r2 @1: ok'))).toMatchObject(kept));

  test('of two shards: broken', () => {
    const view = polled(stream, 'send r1 @0 on 0', 'send r2 @0 on 1', 'batch r1 r2 @1: ok');
    expect(decided(batch03, view).broken).toHaveLength(1);
  });

  test('of another queue: broken', () => {
    const view = polled(
      { scenario: { queues: [{ name: 'other' }] } },
      'send r1 @0',
      'send r2 to queue/other @0',
      'batch r1 r2 @1: ok',
    );
    expect(decided(batch03, view).broken).toMatchObject([{ observed: 'one of queue:other' }]);
  });
});

describe('POLL-QUAL-01: the version that the mapping names', () => {
  const given: Given = {
    mapping: { qualifier: 'live' },
    function: {
      versions: 2,
      aliases: [{ name: 'live', version: '1', additional: { version: '2', weight: 0.5 } }],
    },
  };

  test.each(['1', '2'])('version %s, by the alias: kept', (version) => {
    expect(decided(qual01, polled(given, 'send r1 @0', `batch r1 @1 version ${version}: ok`))).toMatchObject(
      kept,
    );
  });

  test('$LATEST: broken', () => {
    expect(decided(qual01, polled(given, 'send r1 @0', 'batch r1 @1: ok')).broken).toMatchObject([
      { observed: '$LATEST' },
    ]);
  });

  test('a mapping without a qualifier is not concerned', () => {
    expect(decided(qual01, polled({}, 'send r1 @0', 'batch r1 @1: ok')).kept).toBe(0);
  });
});

test('POLL-EXT-01: attempts beyond shards times factor are reported', () => {
  const observed = (second: number) =>
    decided(ext01, polled(stream, 'send r1 r2 @0 on 0', 'batch r1 @1: ok @3', `batch r2 @${second}: ok`))
      .observed;
  expect(observed(2)).toEqual(['more at once than shards times factor']);
  expect(observed(4)).toEqual(['no more at once than shards times factor']);
});

test('POLL-METRIC-01: whether the counts of a mapping add up is reported', () => {
  const observed = (count: number) =>
    decided(
      metric01,
      polled(
        {},
        'send r1 @0',
        'batch r1 @1: ok',
        `metric PolledEventCount ${count}`,
        'metric InvokedEventCount 1',
      ),
    ).observed;
  expect(observed(1)).toEqual(['polled are no less']);
  expect(observed(0)).toEqual(['polled are less']);
});

test('POLL-ALO-01: where another function has reserved the whole account, nobody can tell', () => {
  const given: Given = {
    scenario: { functions: [{ name: 'g', timeoutSeconds: 3, reservedConcurrency: 10 }] },
    tolerances: { accountConcurrency: 10 },
  };
  expect(decided(alo01, polled(given, 'send r1 @0'))).toMatchObject({
    broken: [],
    unknown: [expect.any(String)],
  });
});
