import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { decided } from '../testing/notation.ts';
import { type Answer, type RequestLine, requests } from '../testing/requests.ts';
import { limitRules } from './index.ts';

const scenario: Partial<Scenario> = {
  queues: [{ name: 'q' }, { name: 'short', visibilityTimeoutSeconds: 2 }, { name: 'ordered', fifo: true }],
  streams: [{ name: 's' }],
  tables: [{ name: 't' }],
  kafkaTopics: [{ name: 'k', on: 'msk' }],
  mappings: [{ name: 'm', source: 'stream:s', function: 'g', startingPosition: 'LATEST' }],
  functions: [
    { name: 'f', timeoutSeconds: 3 },
    { name: 'g', timeoutSeconds: 3 },
  ],
};

const INVALID = '400 InvalidParameterValueException: no';

type Input = Record<string, Json>;

const create = (source: string, more: Input, answer: Answer): RequestLine => [
  'CreateEventSourceMapping',
  { FunctionName: 'f', EventSourceArn: source, ...more },
  answer,
];

const update = (more: Input, answer: Answer): RequestLine => [
  'UpdateEventSourceMapping',
  { UUID: 'mapping:m', ...more },
  answer,
];

const POSITION = { StartingPosition: 'LATEST' };

function told(id: string, ...lines: RequestLine[]) {
  const rule = limitRules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return decided(rule, requests({ scenario }, ...lines));
}

/** For each rule, an input that must be refused and one that must be taken. */
const bounds: readonly (readonly [id: string, source: string, out: Input, inside: Input])[] = [
  ['LIM-ESM-01', 'queue:q', { BatchSize: 10_001 }, { BatchSize: 10 }],
  ['LIM-ESM-01', 'queue:ordered', { BatchSize: 11 }, { BatchSize: 1 }],
  ['LIM-ESM-02', 'queue:q', { MaximumBatchingWindowInSeconds: 301 }, { MaximumBatchingWindowInSeconds: 300 }],
  ['LIM-ESM-03', 'queue:q', { BatchSize: 11 }, { BatchSize: 11, MaximumBatchingWindowInSeconds: 1 }],
  ['LIM-ESM-04', 'stream:s', { ParallelizationFactor: 11 }, { ParallelizationFactor: 10 }],
  ['LIM-ESM-05', 'stream:s', { MaximumRecordAgeInSeconds: 59 }, { MaximumRecordAgeInSeconds: -1 }],
  ['LIM-ESM-06', 'table:t', { MaximumRetryAttempts: 10_001 }, { MaximumRetryAttempts: 10_000 }],
  ['LIM-ESM-07', 'stream:s', { TumblingWindowInSeconds: 901 }, { TumblingWindowInSeconds: 900 }],
  [
    'LIM-ESM-08',
    'queue:q',
    { ScalingConfig: { MaximumConcurrency: 1 } },
    { ScalingConfig: { MaximumConcurrency: 2 } },
  ],
  [
    'LIM-ESM-09',
    'queue:q',
    { ProvisionedPollerConfig: { MinimumPollers: 1 } },
    { ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 2 } },
  ],
  [
    'LIM-ESM-10',
    'queue:q',
    { FunctionResponseTypes: ['ReportEverything'] },
    { FunctionResponseTypes: ['ReportBatchItemFailures'] },
  ],
  [
    'LIM-ESM-11',
    'queue:q',
    { FilterCriteria: { Filters: [{ Pattern: `{"body":["${'x'.repeat(4_096)}"]}` }] } },
    { FilterCriteria: { Filters: [{ Pattern: '{"body":["x"]}' }] } },
  ],
  ['LIM-ESM-13', 'stream:s', { StartingPosition: 'latest' }, { StartingPosition: 'TRIM_HORIZON' }],
];

describe.each(bounds)('%s on %s', (id, source, out, inside) => {
  const more = source === 'queue:q' || source === 'queue:ordered' ? {} : POSITION;

  test('is kept where what is out of range is refused, and the rest taken', () => {
    expect(told(id, create(source, { ...more, ...out }, INVALID))).toMatchObject({ kept: 1, broken: [] });
    expect(told(id, create(source, { ...more, ...inside }, 202))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where it is the other way round', () => {
    expect(told(id, create(source, { ...more, ...out }, 202)).broken).toHaveLength(1);
    expect(told(id, create(source, { ...more, ...inside }, INVALID)).broken).toHaveLength(1);
  });

  test('accuses nobody where something else may be the reason', () => {
    const lines = [
      create('queue:nowhere', inside, INVALID),
      create('queue:short', inside, INVALID),
      create(source, { ...more, ...inside, DestinationConfig: {} }, INVALID),
      create(source, { ...more, ...inside, FunctionName: 'missing' }, INVALID),
    ];
    for (const line of lines) expect(told(id, line).broken).toEqual([]);
  });
});

describe('the bounds of an update', () => {
  test('are the same', () => {
    expect(told('LIM-ESM-01', update({ BatchSize: 0 }, INVALID))).toMatchObject({ kept: 1 });
    expect(told('LIM-ESM-01', update({ BatchSize: 0 }, 202)).broken).toHaveLength(1);
    expect(told('LIM-ESM-04', update({ ParallelizationFactor: 2 }, INVALID)).broken).toHaveLength(1);
  });

  test('are open for a mapping that is not there', () => {
    const line: RequestLine = ['UpdateEventSourceMapping', { UUID: 'mapping:none', BatchSize: 5 }, INVALID];
    expect(told('LIM-ESM-01', line).broken).toEqual([]);
  });
});

describe('LIM-ESM-12', () => {
  const kafka = (topics: Json, answer: Answer): RequestLine =>
    create('kafka:k', { ...POSITION, Topics: topics }, answer);

  test('wants one topic', () => {
    expect(told('LIM-ESM-12', kafka(['kafka:k'], 202))).toMatchObject({ kept: 1, broken: [] });
    expect(told('LIM-ESM-12', kafka(['kafka:k', 'kafka:l'], INVALID))).toMatchObject({ kept: 1, broken: [] });
    expect(told('LIM-ESM-12', kafka(['kafka:k', 'kafka:l'], 202)).broken).toHaveLength(1);
  });
});

describe('LIM-ESM-13', () => {
  test('is broken by an update after which another position is told', () => {
    const position = (StartingPosition: string): Answer => ({ status: 202, output: { StartingPosition } });
    expect(told('LIM-ESM-13', update({ BatchSize: 5 }, position('LATEST')))).toMatchObject({
      kept: 1,
      broken: [],
    });
    expect(told('LIM-ESM-13', update({ BatchSize: 5 }, position('TRIM_HORIZON'))).broken).toHaveLength(1);
  });
});

describe('LIM-ESM-14', () => {
  test('tells what became of a stray parameter', () => {
    const line = (answer: Answer) => create('queue:q', { ParallelizationFactor: 2 }, answer);
    expect(told('LIM-ESM-14', line(202)).observed).toEqual(['a stray parameter accepted']);
    expect(told('LIM-ESM-14', line(INVALID)).observed).toEqual(['a stray parameter refused with 400']);
    expect(told('LIM-ESM-14', create('stream:s', { ParallelizationFactor: 2 }, 202)).observed).toEqual([]);
  });
});

describe('LIM-ESM-15', () => {
  const deleted: RequestLine = [
    'DeleteEventSourceMapping',
    { UUID: 'mapping:m' },
    { status: 202, output: { State: 'Deleting' } },
    0,
  ];
  const still: RequestLine = [
    'GetEventSourceMapping',
    { UUID: 'mapping:m' },
    { status: 200, output: { State: 'Deleting' } },
    2,
  ];
  const changed = (answer: Answer): RequestLine => [
    'UpdateEventSourceMapping',
    { UUID: 'mapping:m', BatchSize: 5 },
    answer,
    1,
  ];

  test('is kept by a refusal, under either name', () => {
    for (const refusal of ['400 ResourceInUseException: no', '409 ResourceConflictException: no'])
      expect(told('LIM-ESM-15', deleted, changed(refusal), still)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by an update that is accepted meanwhile', () => {
    expect(told('LIM-ESM-15', deleted, changed(202), still).broken).toHaveLength(1);
  });

  test('says nothing where the deletion may have been over', () => {
    expect(told('LIM-ESM-15', deleted, changed(202))).toMatchObject({ kept: 0, broken: [] });
  });
});
