import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { create } from 'xmlbuilder2';
import { validateXML } from 'xmllint-wasm';
import { junitReport } from './junit.ts';
import { exampleLines, exampleSummary } from './testing/exampleRun.ts';

const schema = readFileSync(join(import.meta.dirname, 'testing/junit.xsd'), 'utf8');

const complaints = async (xml: string) => {
  const { errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: xml }],
    schema: [{ fileName: 'junit.xsd', contents: schema }],
  });
  return errors.map(({ message }) => message);
};

/** Elements by name, whatever their depth, as their attributes. */
const attributesOf = (xml: string, name: string): Record<string, string>[] =>
  create(xml)
    .root()
    .filter((node) => node.node.nodeName === name, true, true)
    .map(({ node }) => {
      const { attributes } = node as unknown as {
        readonly attributes: Iterable<{ name: string; value: string }>;
      };
      return Object.fromEntries([...attributes].map(({ name: key, value }) => [key, value]));
    });

describe('a JUnit report', () => {
  test('is what viewers accept, whatever signs its texts have', async () => {
    expect(await complaints(junitReport(exampleSummary()))).toEqual([]);
    expect(await complaints(junitReport(exampleSummary(exampleLines(true))))).toEqual([]);
  });

  test('is checked by a schema that can refuse', async () => {
    const broken = junitReport(exampleSummary()).replace('<testcase name=', '<testcase title=');
    expect(await complaints(broken)).not.toEqual([]);
  });

  test('has a failure for a broken MUST and for nothing else', () => {
    const xml = junitReport(exampleSummary());
    expect(attributesOf(xml, 'failure').map(({ type }) => type)).toEqual(['VIOLATED']);
    expect(attributesOf(xml, 'skipped').map(({ message }) => message?.split(':')[0])).toEqual([
      ...['WARNED', 'OBSERVED', 'VACUOUS', 'UNKNOWN', 'UNSUPPORTED'],
    ]);
  });

  test('counts what it has', () => {
    const xml = junitReport(exampleSummary());
    const [suites] = attributesOf(xml, 'testsuites');
    expect(suites).toMatchObject({ tests: '8', failures: '1', errors: '1', time: '83.400' });
    const rows = attributesOf(xml, 'testsuite').map(({ name, tests, failures, skipped, errors }) => [
      ...[name, tests, failures, skipped, errors],
    ]);
    expect(rows).toEqual([
      ['The first group', '3', '1', '1', '0'],
      ['The second group', '4', '0', '4', '0'],
      ['Harness', '1', '0', '0', '1'],
    ]);
  });

  test('has an error for a run that was cut off', () => {
    const messages = attributesOf(junitReport(exampleSummary(exampleLines(true))), 'error').map(
      ({ message }) => message,
    );
    expect(messages).toEqual([
      'rule X failed: our own <defect>',
      'Cut off after 1,199 of 1,200 scenarios, and does not conform: 1 MUST violated. The run did not come to its end: it says less than it would have.',
    ]);
  });

  test('shows expected, observed and the timeline of a failure', () => {
    const xml = junitReport(exampleSummary());
    expect(xml).toContain('Expected  at most 2 attempts of e1');
    expect(xml).toContain('├─ attempt 3');
  });
});
