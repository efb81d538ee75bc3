/** CreateQueue and SetQueueAttributes: the bounds of AWS's pages, and what an accepted request changes. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../engine/json.ts';
import { type Scenario, scenarioSchema } from '../../../engine/scenario.ts';
import { accountOf } from '../accountOf.ts';
import { documented, policyWith } from '../policy.ts';
import { handleRequest } from './index.ts';

const scenario: Scenario = scenarioSchema.parse({
  scenario: 1,
  functions: [{ name: 'f' }],
  queues: [{ name: 'q', delaySeconds: 5 }, { name: 'ordered', fifo: true }, { name: 'dead' }],
  steps: [],
});

type Attributes = Readonly<Record<string, Json>>;

function asked(policy = documented) {
  const account = accountOf(scenario, policy);
  const ask = (operation: 'CreateQueue' | 'SetQueueAttributes', input: Attributes) =>
    handleRequest(account, { atSeconds: 0, do: 'request', operation, input: { ...input } }, policy);
  return {
    account,
    create: (QueueName: string, Attributes: Attributes = {}) => ask('CreateQueue', { QueueName, Attributes }),
    set: (QueueUrl: string, Attributes: Attributes) => ask('SetQueueAttributes', { QueueUrl, Attributes }),
  };
}

const INVALID = { status: 400, error: 'InvalidAttributeValue' };

describe('attributes', () => {
  test.each([
    ['VisibilityTimeout', ['0', '43200'], ['-1', '43201']],
    ['MessageRetentionPeriod', ['60', '1209600'], ['59', '1209601']],
    ['DelaySeconds', ['0', '900'], ['-1', '901']],
  ])('%s: %j are taken, %j refused, at creation and after it', (name, inside, outside) => {
    for (const value of inside) {
      expect(asked().create('extra', { [name]: value })).toEqual({
        status: 200,
        output: { QueueUrl: 'queue:extra' },
      });
      expect(asked().set('queue:q', { [name]: value })).toMatchObject({ status: 200 });
    }
    for (const value of [...outside, 'many', '', '1.5']) {
      expect(asked().create('extra', { [name]: value })).toMatchObject(INVALID);
      expect(asked().set('queue:q', { [name]: value })).toMatchObject(INVALID);
    }
  });

  test('that are given change, the others stay', () => {
    const { set, account } = asked();
    set('queue:q', { VisibilityTimeout: '60', MessageRetentionPeriod: '120' });
    expect(account.queues.get('queue:q')).toEqual({
      name: 'q',
      visibilityTimeoutSeconds: 60,
      retentionSeconds: 120,
      delaySeconds: 5,
    });
  });

  test('that are refused change nothing', () => {
    const { set, account } = asked();
    const before = account.queues.get('queue:q');
    set('queue:q', { VisibilityTimeout: '60', DelaySeconds: '901' });
    expect(account.queues.get('queue:q')).toBe(before);
  });
});

describe('a queue that is made', () => {
  test('is there: it takes attributes, and a mapping', () => {
    const { create, set, account } = asked();
    expect(set('queue:extra', { DelaySeconds: '1' })).toMatchObject({
      status: 400,
      error: 'QueueDoesNotExist',
    });
    create('extra', { VisibilityTimeout: '60' });
    expect(set('queue:extra', { DelaySeconds: '1' })).toMatchObject({ status: 200 });
    expect(account.queues.get('queue:extra')).toMatchObject({
      visibilityTimeoutSeconds: 60,
      delaySeconds: 1,
    });
    const input = { FunctionName: 'f', EventSourceArn: 'queue:extra' };
    const operation = 'CreateEventSourceMapping';
    expect(
      handleRequest(account, { atSeconds: 9, do: 'request', operation, input, mapping: 'm' }, documented),
    ).toMatchObject({ status: 202 });
  });

  test('and refused is not there', () => {
    const { create, account } = asked();
    create('extra', { DelaySeconds: '901' });
    expect(account.resources.has('queue:extra')).toBe(false);
  });

  test('under the name of one that is there changes nothing of it', () => {
    const { create, account } = asked();
    create('q', { DelaySeconds: '9' });
    expect(account.queues.get('queue:q')?.delaySeconds).toBe(5);
  });
});

describe('a dead-letter queue', () => {
  const redrive = (to: string) => ({ RedrivePolicy: { deadLetterTargetArn: to, maxReceiveCount: 3 } });

  test('is of the kind of its queue', () => {
    const { create, set, account } = asked();
    expect(set('queue:q', redrive('queue:ordered'))).toMatchObject(INVALID);
    expect(set('queue:ordered', redrive('queue:dead'))).toMatchObject(INVALID);
    expect(create('extra', { FifoQueue: 'true', ...redrive('queue:dead') })).toMatchObject(INVALID);
    expect(create('extra', { FifoQueue: 'true', ...redrive('queue:ordered') })).toMatchObject({
      status: 200,
    });
    expect(account.queues.get('queue:extra')).toMatchObject({
      fifo: true,
      redrive: { to: 'queue:ordered', maxReceiveCount: 3 },
    });
    expect(set('queue:q', redrive('queue:dead'))).toMatchObject({ status: 200 });
  });

  test('of the other kind is taken by a target that does not compare', () => {
    const lenient = asked(policyWith({ matchesRedriveKinds: false }));
    expect(lenient.set('queue:q', redrive('queue:ordered'))).toMatchObject({ status: 200 });
  });

  test('may be named by a policy that is text, as on the wire', () => {
    const { set } = asked();
    const text = JSON.stringify(redrive('queue:ordered').RedrivePolicy);
    expect(set('queue:q', { RedrivePolicy: text })).toMatchObject(INVALID);
  });
});
