import { expect, test } from 'vitest';
import { policyWith } from '../policy.ts';
import { scenarioFrom } from '../testing/run.ts';
import { World } from '../world.ts';
import { EVENT_FRAME_BYTES, Gathering } from './batching.ts';

const world = new World(scenarioFrom({ steps: [] }), 1, policyWith(undefined), undefined);

test('a batch has room as long as its event stays within 6 MB', () => {
  const gathering = new Gathering<string>();
  gathering.add('a', 6_000_000);
  const left = 6_291_456 - 6_000_000 - EVENT_FRAME_BYTES - 2;
  expect(gathering.hasRoom(world, left)).toBe(true);
  expect(gathering.hasRoom(world, left + 1)).toBe(false);
});

test('an empty batch takes any record: it could never be given otherwise', () => {
  expect(new Gathering<string>().hasRoom(world, 10_000_000)).toBe(true);
});

test('what is taken leaves an empty batch, without a window', () => {
  const gathering = new Gathering<string>();
  gathering.add('a', 10);
  gathering.closesAt = 5;
  expect(gathering.take().items).toEqual(['a']);
  expect(gathering).toMatchObject({
    items: [],
    bytes: EVENT_FRAME_BYTES,
    closesAt: Number.POSITIVE_INFINITY,
  });
});

test('a record that is lost frees its place and its bytes', () => {
  const gathering = new Gathering<string>();
  gathering.add('a', 10);
  gathering.add('b', 20);
  gathering.remove('a', 10);
  gathering.remove('z', 10);
  expect(gathering).toMatchObject({ items: ['b'], bytes: EVENT_FRAME_BYTES + 21 });
});
