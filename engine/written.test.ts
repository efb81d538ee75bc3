import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RecordSpec } from './sourceSpec.ts';
import { writtenOf } from './written.ts';

test.each<[string, Partial<RecordSpec>, string]>([
  ['what is declared plainly is a body with the record’s name', {}, '{"record":"r1#2"}'],
  ['a text is sent as it is', { text: 'grüße "an" alle\n' }, 'grüße "an" alle\n'],
  ['a body is sent as JSON', { body: { n: 1, at: ['x'] } }, '{"n":1,"at":["x"]}'],
])('%s', (_, given, text) => {
  const written = writtenOf({ record: 'r1', plan: ['ok'], ...given }, 'r1#2');
  expect(written.text).toBe(text);
  expect(written.bytes).toBe(Buffer.byteLength(text));
  expect(written.md5).toBe(createHash('md5').update(text).digest('hex'));
  // JSON puts two quotes around it.
  expect(written.escapes).toBe(JSON.stringify(text).length - text.length - 2 + (text.includes('\n') ? 4 : 0));
});
