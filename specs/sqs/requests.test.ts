import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import type { Rule } from '../../engine/rule.ts';
import { decided } from '../testing/notation.ts';
import { type Answer, type Declared, type RequestLine, requests } from '../testing/requests.ts';
import { batch02, maxc03, prov02, rdr04, reg01, vis04, vis07 } from './requests.ts';

const declared: Declared = {
  function: { timeoutSeconds: 60 },
  scenario: {
    queues: [
      { name: 'short', visibilityTimeoutSeconds: 59 },
      { name: 'long', visibilityTimeoutSeconds: 60 },
      { name: 'fifo', fifo: true, visibilityTimeoutSeconds: 60 },
    ],
    mappings: [
      { name: 'm', source: 'queue:short', function: 'f' },
      { name: 'n', source: 'queue:fifo', function: 'f' },
    ],
  },
};

const create = (input: Record<string, Json>, answer: Answer): RequestLine => [
  'CreateEventSourceMapping',
  { EventSourceArn: 'queue:long', FunctionName: 'f', ...input },
  answer,
];
const update = (input: Record<string, Json>, answer: Answer): RequestLine => [
  'UpdateEventSourceMapping',
  { UUID: 'mapping:m', ...input },
  answer,
];
const attributes = (queue: string, values: Record<string, Json>, answer: Answer): RequestLine => [
  'SetQueueAttributes',
  { QueueUrl: `queue:${queue}`, Attributes: values },
  answer,
];
const on = (rule: Rule, ...lines: RequestLine[]) => decided(rule, requests(declared, ...lines));

const REFUSED = '400 InvalidParameterValueException';
const kept = { kept: 1, broken: [], unknown: [] };

describe('SQS-VIS-04: a function that may run for longer than its queue hides messages', () => {
  const short = { EventSourceArn: 'queue:short' };

  test('is refused: kept', () => {
    expect(on(vis04, create(short, REFUSED))).toMatchObject(kept);
    expect(on(vis04, update({ BatchSize: 1 }, REFUSED))).toMatchObject(kept);
  });

  test('is taken: broken', () => {
    expect(on(vis04, create(short, 202)).broken[0]?.expected).toBe(
      'CreateEventSourceMapping refused with 400: a timeout of 60 s with a visibility timeout of 59 s',
    );
    expect(on(vis04, update({ BatchSize: 1 }, 202)).broken).toHaveLength(1);
  });

  test('is asked of a mapping that was deleted before, which is not found: innocent', () => {
    const deletion: RequestLine = ['DeleteEventSourceMapping', { UUID: 'mapping:m' }, 202];
    const late = update({ BatchSize: 1 }, '404 ResourceNotFoundException');
    expect(on(vis04, deletion, late)).toMatchObject({ kept: 0, broken: [] });
  });

  test('a visibility timeout of the same length does not concern it', () => {
    expect(on(vis04, create({}, 202)).kept).toBe(0);
    expect(on(vis04, update({ UUID: 'mapping:n', BatchSize: 1 }, 202)).kept).toBe(0);
  });

  test('while one of the two is being changed it says nothing', () => {
    const lengthened = attributes('short', { VisibilityTimeout: '90' }, 200);
    const early: RequestLine = [
      'CreateEventSourceMapping',
      { EventSourceArn: 'queue:short', FunctionName: 'f' },
      202,
      1,
    ];
    expect(on(vis04, lengthened, early).kept).toBe(0);
  });

  test('too many requests say nothing: nobody can tell', () => {
    expect(on(vis04, create(short, '429 TooManyRequestsException'))).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });
});

describe('SQS-VIS-07: a visibility timeout that is lowered afterwards', () => {
  test.each<[Answer, string]>([
    [200, 'taken'],
    ['400 InvalidAttributeValue', 'refused'],
  ])('answered with %s: %s', (answer, label) => {
    expect(on(vis07, attributes('short', { VisibilityTimeout: '5' }, answer)).observed).toEqual([label]);
  });

  test('one that is long enough, or of a queue without a mapping, does not concern it', () => {
    expect(on(vis07, attributes('short', { VisibilityTimeout: '90' }, 200)).observed).toEqual([]);
    expect(on(vis07, attributes('long', { VisibilityTimeout: '5' }, 200)).observed).toEqual([]);
  });
});

describe('SQS-RDR-04: dead-letter queues are of the queue’s own kind', () => {
  const redrive = (from: string, to: string, answer: Answer) =>
    attributes(from, { RedrivePolicy: { deadLetterTargetArn: `queue:${to}`, maxReceiveCount: 2 } }, answer);

  test.each<[string, string, Answer]>([
    ['short', 'long', 200],
    ['short', 'fifo', '400 InvalidParameterValue'],
    ['fifo', 'long', '400 InvalidParameterValue'],
  ])('from %s to %s, answered with %s: kept', (from, to, answer) => {
    expect(on(rdr04, redrive(from, to, answer))).toMatchObject(kept);
  });

  test.each<[string, string, Answer]>([
    ['short', 'fifo', 200],
    ['fifo', 'long', 200],
    ['short', 'long', '400 InvalidParameterValue'],
  ])('from %s to %s, answered with %s: broken', (from, to, answer) => {
    expect(on(rdr04, redrive(from, to, answer)).broken).toHaveLength(1);
  });

  test('a lack of rights says nothing about the kinds', () => {
    expect(on(rdr04, redrive('short', 'long', '403 AccessDenied'))).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });

  test('other attributes do not concern it', () => {
    expect(on(rdr04, attributes('short', { DelaySeconds: '1' }, 200)).kept).toBe(0);
  });
});

describe('SQS-MAXC-03: maximum concurrency beside provisioned pollers', () => {
  const both = { ScalingConfig: { MaximumConcurrency: 2 }, ProvisionedPollerConfig: { MaximumPollers: 2 } };

  test('is refused: kept', () => expect(on(maxc03, create(both, REFUSED))).toMatchObject(kept));

  test('is taken: broken', () => {
    expect(on(maxc03, create(both, 202)).broken).toHaveLength(1);
    expect(on(maxc03, update(both, 202)).broken).toHaveLength(1);
  });

  test('one of them alone does not concern it', () => {
    expect(on(maxc03, create({ ScalingConfig: { MaximumConcurrency: 2 } }, 202)).kept).toBe(0);
  });
});

describe('SQS-BATCH-02: a window on a FIFO queue', () => {
  const windowed = { UUID: 'mapping:n', MaximumBatchingWindowInSeconds: 5 };

  test.each<[Answer, string]>([
    [202, 'a window on a FIFO queue taken'],
    [REFUSED, 'refused with 400'],
    ['500 ServiceException', 'refused otherwise'],
  ])('answered with %s: %s', (answer, label) => {
    expect(on(batch02, update(windowed, answer)).observed).toEqual([label]);
  });

  test('no window, and a standard queue, do not concern it', () => {
    expect(on(batch02, update({ ...windowed, MaximumBatchingWindowInSeconds: 0 }, 202)).observed).toEqual([]);
    expect(on(batch02, create({ MaximumBatchingWindowInSeconds: 5 }, 202)).observed).toEqual([]);
  });
});

describe('SQS-PROV-02: how many pollers there may be', () => {
  const pollers = (most: number) => ({ ProvisionedPollerConfig: { MaximumPollers: most } });

  test('between the two figures what comes is reported', () => {
    expect(on(prov02, create(pollers(5_000), 202)).observed).toEqual(['taken']);
    expect(on(prov02, create(pollers(5_000), REFUSED)).observed).toEqual(['refused']);
  });

  test.each([2_000, 10_001])('%i is within, or beyond, both: it says nothing', (most) => {
    expect(on(prov02, create(pollers(most), 202)).observed).toEqual([]);
  });
});

describe('SQS-REG-01: a queue of another Region', () => {
  const away = { EventSourceArn: 'arn:aws:sqs:xx-else-1:123456789012:q' };

  test.each<Answer>([REFUSED, '404 ResourceNotFoundException'])('is refused with %s: kept', (answer) =>
    expect(on(reg01, create(away, answer))).toMatchObject(kept),
  );

  test('is taken: broken', () => expect(on(reg01, create(away, 202)).broken).toHaveLength(1));

  test('a queue of the scenario does not concern it', () => {
    expect(on(reg01, create({}, 202)).kept).toBe(0);
  });
});
