import { expect, test } from 'vitest';
import { of, run } from './testing/run.ts';

const f = {
  versions: 2,
  aliases: [
    { name: 'live', version: '1' },
    { name: 'canary', version: '1', additional: { version: '2', weight: 0.5 } },
  ],
};
const versionsRun = (qualifier: string, times = 1) => {
  const steps = [{ type: 'RequestResponse', event: 'e1', payload: 1, qualifier, times }];
  const entries = run({ function: { ...f, timeoutSeconds: 3 }, steps });
  expect(
    of(entries, 'answered')
      .map(({ executedVersion }) => executedVersion)
      .sort(),
  ).toEqual(
    of(entries, 'started')
      .map(({ version }) => version)
      .sort(),
  );
  return of(entries, 'started').map(({ version }) => version);
};

test('a version runs itself, an alias its version, and the answer says which', () => {
  expect(versionsRun('2')).toEqual(['2']);
  expect(versionsRun('live')).toEqual(['1']);
  expect(versionsRun('$LATEST')).toEqual(['$LATEST']);
});

test('an alias with weights runs both versions, about by weight', () => {
  const versions = versionsRun('canary', 400);
  const share = versions.filter((version) => version === '2').length / versions.length;
  expect(new Set(versions)).toEqual(new Set(['1', '2']));
  expect(share).toBeGreaterThan(0.35);
  expect(share).toBeLessThan(0.65);
});
