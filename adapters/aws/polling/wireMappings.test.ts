import { expect, test } from 'vitest';
import type { RequestStep } from '../../../engine/scenario.ts';
import { scenarioSchema } from '../../../engine/scenario.ts';
import { WireMappings } from './wireMappings.ts';

const mappingsOf = (...mappings: object[]) =>
  new WireMappings(
    scenarioSchema.parse({
      scenario: 1,
      functions: [{ name: 'f', aliases: [{ name: 'live', version: '1' }], versions: 1 }, { name: 'g' }],
      queues: [{ name: 'q' }],
      mappings: mappings.map((mapping) => ({ source: 'queue:q', function: 'f', ...mapping })),
      steps: [],
    }),
  );
const request = (operation: RequestStep['operation'], input: RequestStep['input'], mapping?: string) =>
  ({
    atSeconds: 0,
    do: 'request',
    operation,
    input,
    ...(mapping === undefined ? {} : { mapping }),
  }) satisfies RequestStep;
const ARN = 'arn:aws:lambda:us-east-1:0:function:f';

test('an attempt is of the mapping that joins its source and its function', () => {
  const mappings = mappingsOf({ name: 'm' }, { name: 'n', function: 'g' });
  expect(mappings.of('queue:q', 'g', {})?.name).toBe('n');
  expect(mappings.of('queue:other', 'f', {})).toBeUndefined();
});

test('of two that do, the qualifier tells; without one nothing does', () => {
  const mappings = mappingsOf({ name: 'm' }, { name: 'n', qualifier: 'live' });
  expect(mappings.of('queue:q', 'f', { arn: `${ARN}:live` })?.name).toBe('n');
  expect(mappings.of('queue:q', 'f', { arn: ARN })?.name).toBe('m');
  expect(mappings.of('queue:q', 'f', { arn: `${ARN}:other` })).toBeUndefined();
});

test('a mapping that is being made is known before the answer, and forgotten where it is refused', () => {
  const mappings = mappingsOf();
  const input = { EventSourceArn: 'queue:q', FunctionName: 'f' };
  const takeBack = mappings.requested(request('CreateEventSourceMapping', input, 'made'), 1);
  expect(mappings.of('queue:q', 'f', {})?.name).toBe('made');
  takeBack();
  expect(mappings.of('queue:q', 'f', {})).toBeUndefined();
});

test('after a change of its function attempts of both are its own; a refused change is none', () => {
  const mappings = mappingsOf({ name: 'm' });
  const update = { UUID: 'mapping:m', FunctionName: 'g', BatchSize: 1 };
  mappings.requested(request('UpdateEventSourceMapping', update), 1);
  expect(mappings.of('queue:q', 'f', {})?.name).toBe('m');
  expect(mappings.of('queue:q', 'g', {})?.settings.batchSize).toBe(1);
  mappings.requested(request('UpdateEventSourceMapping', { UUID: 'mapping:m', BatchSize: 0 }), 2)();
  expect(mappings.byName.get('m')?.settings.batchSize).toBe(1);
});

test('one that was deleted gives way to the one that was made in its place', () => {
  const mappings = mappingsOf({ name: 'm' });
  mappings.requested(request('DeleteEventSourceMapping', { UUID: 'mapping:m' }), 1);
  expect(mappings.of('queue:q', 'f', {})?.name).toBe('m');
  const again = { EventSourceArn: 'queue:q', FunctionName: 'f' };
  mappings.requested(request('CreateEventSourceMapping', again, 'n'), 2);
  expect(mappings.of('queue:q', 'f', {})?.name).toBe('n');
});
