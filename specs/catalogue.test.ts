import { describe, expect, test } from 'vitest';
import { catalogue, rules } from './catalogue.ts';

describe('the catalogue', () => {
  test('has no id twice', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, position) => ids.indexOf(id) !== position)).toEqual([]);
  });

  test.each(rules.map((rule) => [rule.id, rule] as const))('%s has a sentence and a page', (id, rule) => {
    expect(id).toMatch(/^[A-Z0-9]+(-[A-Z0-9]+)+-\d\d$/);
    expect(rule.invariant).toMatch(/^[^ ].*\.$/s);
    expect(rule.invariant.length).toBeLessThan(260);
    expect(rule.sources.length).toBeGreaterThan(0);
  });

  test('judges no MAY', () => {
    expect(rules.filter((rule) => rule.level === 'MAY' && rule.judges).map(({ id }) => id)).toEqual([]);
  });

  test('has rules in every group', () => {
    expect(catalogue.filter((group) => group.rules.length === 0).map(({ id }) => id)).toEqual([]);
  });
});
