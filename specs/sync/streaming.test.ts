import { describe, expect, test } from 'vitest';
import { seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { mode01, stream01 } from './streaming.ts';

const step = { stream: true } as const;
const chunk = { event: 'PayloadChunk' } as const;
const complete = { event: 'InvokeComplete' } as const;
const failed = { ...complete, errorCode: 'Error' };

describe('SYNC-STREAM-01', () => {
  test('is kept by chunks, then InvokeComplete, and a failure told there', () => {
    const view = seen(
      {},
      { step, attempts: ['ok'], answered: {}, streamed: [chunk, chunk, complete] },
      { step, attempts: ['throw'], answered: { functionError: undefined }, streamed: [failed] },
    );
    expect(decided(stream01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test.each([
    ['no InvokeComplete', ['ok'], [chunk]],
    ['nothing at all', ['ok'], []],
    ['a chunk after InvokeComplete', ['ok'], [complete, chunk]],
    ['two of InvokeComplete', ['ok'], [complete, complete]],
    ['a failure that is not told', ['throw'], [complete]],
    ['an error that was none', ['ok'], [failed]],
  ] as const)('is broken by %s', (_, attempts, streamed) => {
    expect(decided(stream01, seen({}, { step, attempts, answered: {}, streamed })).broken).toHaveLength(1);
  });

  test('is broken by a failure told in the status', () => {
    const view = seen({}, { step, attempts: ['throw'], rejected: { status: 502 } });
    expect(decided(stream01, view).broken).toMatchObject([{ observed: 'status 502' }]);
  });

  test('says nothing of a stream that is refused, nor of other calls', () => {
    const view = seen({}, { step, rejected: {} }, { attempts: ['ok'], answered: {} });
    expect(decided(stream01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not miss the end of a stream whose caller hung up', () => {
    const view = seen({}, { step, attempts: ['ok'], answered: {}, streamed: [chunk], hungUp: 1 });
    expect(decided(stream01, view).broken).toEqual([]);
  });
});

describe('SYNC-MODE-01', () => {
  test('reports how streamed calls are met', () => {
    const view = seen(
      {},
      { step, attempts: ['ok'], answered: {} },
      { step, rejected: { error: 'ModeNotSupportedException' } },
      { step, rejected: {} },
      { attempts: ['ok'], answered: {} },
    );
    expect(decided(mode01, view).observed).toEqual([
      'a streamed call is served',
      'a streamed call is refused with ModeNotSupportedException (400)',
      'a streamed call is refused for another reason',
    ]);
  });
});
