import { describe, expect, test } from 'vitest';
import { filler } from '../../engine/json.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { decided, history, view } from '../testing/notation.ts';
import { inv03 } from './payload.ts';

const MB = 1_048_576;
const REFUSED = 'reject 413 RequestTooLargeException';

describe('LIM-INV-03', () => {
  test('is kept by 6 MB taken and more refused, by 1 MB of an event, and by a response that is too large', () => {
    const kept = { kept: 1, broken: [], unknown: [] };
    expect(decided(inv03, view({ payload: filler(6 * MB) }, 'e1: call, ok, answer 200'))).toMatchObject(kept);
    expect(decided(inv03, view({ payload: filler(7 * MB) }, `e1: call, ${REFUSED}`))).toMatchObject(kept);
    expect(decided(inv03, view({ payload: filler(MB) }, 'e1: accept, ok'))).toMatchObject(kept);
    const tooLarge = view({}, 'e1: call, oversize, answer 200 Unhandled');
    expect(decided(inv03, tooLarge)).toMatchObject(kept);
  });

  test('is broken by what is too large and taken', () => {
    expect(decided(inv03, view({ payload: filler(7 * MB) }, 'e1: call, ok, answer 200')).broken).toHaveLength(
      1,
    );
    expect(decided(inv03, view({ payload: filler(2 * MB) }, 'e1: accept, ok')).broken).toHaveLength(1);
    expect(decided(inv03, view({}, 'e1: call, oversize, answer 200')).broken).toHaveLength(1);
  });

  test('is broken by 256 KB as the limit of events, as it was of old', () => {
    const { scenario, entries } = history({ payload: filler(300_000) }, `e1: accept@1, ${REFUSED}`);
    const refused = entries.filter((entry) => entry.kind !== 'answered');
    expect(decided(inv03, viewOf({ scenario, entries: refused }, AWS_TOLERANCES)).broken).toMatchObject([
      { expected: 'taken: Event with a payload of 300000 bytes' },
    ]);
  });

  test('says nothing of small payloads and of those within the margin of the limit', () => {
    expect(decided(inv03, view({}, 'e1: call, ok, answer 200'))).toMatchObject({ kept: 0 });
    const near = view({ payload: filler(6 * MB + 100) }, 'e1: call, ok, answer 200');
    expect(decided(inv03, near)).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not accuse a refusal for another reason', () => {
    const throttled = view({ payload: filler(MB) }, 'e1: call, reject 429 TooManyRequestsException');
    expect(decided(inv03, throttled)).toMatchObject({ broken: [], unknown: { length: 1 } });
  });
});
