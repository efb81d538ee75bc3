import { describe, expect, test } from 'vitest';
import { type Capability, STREAMS } from './capabilities.ts';
import { foldRun } from './result.ts';
import { defineRule } from './rule.ts';
import type { RunLine } from './runFile.ts';

const ofStreams = defineRule<never>({
  ...{ id: 'STR-TEST-01', level: 'MUST', invariant: 'On both kinds of streams.', sources: [] },
  needs: [STREAMS],
  subjects: () => [],
  check: () => undefined,
});

function verdict(capabilities: readonly Capability[], declined: Partial<Record<Capability, string>> = {}) {
  const lines: RunLine[] = [
    {
      ...{
        line: 'header',
        format: 1,
        suite: '0.1.0',
        seed: 1,
        scenarios: 1,
        startedAt: '2026-01-01T00:00:00Z',
      },
      target: { name: 'some', version: '', isRealTime: true },
      capabilities: [...capabilities],
      rules: [ofStreams.id],
    },
    {
      ...{ line: 'chunk', from: 0, to: 1, rules: {}, firstBroken: {}, unknown: {}, declined, errors: [] },
      ...{ scenarios: 1, events: 0, attempts: 0, observations: 0 },
    },
  ];
  const [result] = foldRun(lines, [ofStreams])?.rules ?? [];
  return [result?.verdict, result?.reason];
}

describe('a rule that needs one of two', () => {
  test('is UNSUPPORTED where the target has neither', () => {
    expect(verdict(['invoke', 'sqs'])).toEqual([
      'UNSUPPORTED',
      'the target does not have: kinesis or dynamodb',
    ]);
  });

  test('is not where the target has one, and nothing was seen of it', () => {
    expect(verdict(['invoke', 'dynamodb'])).toEqual(['VACUOUS', undefined]);
  });

  test('is UNSUPPORTED where all that the target has of them was declined', () => {
    const both: Capability[] = ['invoke', 'kinesis', 'dynamodb'];
    expect(verdict(both, { kinesis: 'NotImplemented (501)' })).toEqual(['VACUOUS', undefined]);
    expect(verdict(['invoke', 'kinesis'], { kinesis: 'NotImplemented (501)' })).toEqual([
      'UNSUPPORTED',
      'declined: NotImplemented (501)',
    ]);
    expect(verdict(both, { kinesis: 'no streams', dynamodb: 'no tables' })[0]).toBe('UNSUPPORTED');
  });
});
