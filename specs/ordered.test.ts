import { expect, test } from 'vitest';
import { firstThat } from './ordered.ts';

test('the first one that it holds for, wherever it is', () => {
  for (let length = 0; length < 6; length++) {
    const list = Array.from({ length }, (_, at) => at);
    for (let least = 0; least <= length; least++)
      expect(firstThat(list, (one) => one >= least)).toBe(list[least]);
  }
});
