/**
 * JUnit XML, as the viewers of GitHub, GitLab and Jenkins read it: a suite for each group, a test case for each rule.
 * Only KEPT is a pass and only VIOLATED a failure; every other verdict is skipped, with its name and reason, and so is
 * what a baseline accepts.
 */
import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import type { RuleResult } from '../engine/result.ts';
import { conclusionOf } from './conclusion.ts';
import { plainReport } from './counterexample.ts';
import { divergenceSentence, observedLabels, observedSentence, reasonOf, targetName } from './sentences.ts';
import { type GroupResult, headingOf, type Summary } from './summary.ts';

/** The whole document. */
export function junitReport(summary: Summary): string {
  const { result, groups, isComplete } = summary;
  const { header, footer } = result;
  const problems = result.errors.map(({ scenario, message }) => ({ name: `scenario ${scenario}`, message }));
  if (!isComplete)
    problems.push({
      name: 'the run',
      message: `${conclusionOf(summary).sentence} The run did not come to its end: it says less than it would have.`,
    });
  const failures = groups.reduce((sum, { counts }) => sum + counts.VIOLATED, 0);
  const tests = groups.reduce((sum, { results }) => sum + results.length, problems.length);
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' });
  const root = document.ele('testsuites', {
    name: `lambda-conformance: ${targetName(header.target)}`,
    tests,
    failures,
    errors: problems.length,
    time: (footer?.elapsedSeconds ?? 0).toFixed(3),
  });
  // The time without a zone, in UTC: the oldest of the schemas knows no other.
  const timestamp = header.startedAt.slice(0, 'YYYY-MM-DDThh:mm:ss'.length);
  const about: Readonly<Record<string, string>> = {
    target: targetName(header.target),
    seed: String(header.seed),
    suite: header.suite,
    scenarios: String(result.scenarios),
  };
  for (const group of groups) suite(root, group, summary.listed, about, timestamp);
  if (problems.length > 0) {
    const harness = root.ele('testsuite', {
      ...{ name: 'Harness', tests: problems.length, failures: 0, errors: problems.length, skipped: 0 },
      ...{ time: '0.000', timestamp },
    });
    for (const { name, message } of problems) {
      const testcase = harness.ele('testcase', { name, classname: 'harness', time: '0.000' });
      testcase.ele('error', { type: 'ERROR', message: firstLine(message) }).txt(message);
    }
  }
  return `${document.end({ prettyPrint: true })}\n`;
}

function suite(
  root: XMLBuilder,
  { id, title, counts, results }: GroupResult,
  listed: Summary['listed'],
  about: Readonly<Record<string, string>>,
  timestamp: string,
): void {
  const { KEPT, VIOLATED, ERROR } = counts;
  const skipped = results.length - KEPT - VIOLATED - ERROR;
  const element = root.ele('testsuite', {
    ...{ name: title, tests: results.length, failures: VIOLATED, errors: ERROR, skipped },
    ...{ time: '0.000', timestamp },
  });
  const properties = element.ele('properties');
  for (const [name, value] of Object.entries(about)) properties.ele('property', { name, value });
  for (const found of results) testcase(element, id, found, listed);
}

function testcase(parent: XMLBuilder, group: string, found: RuleResult, listed: Summary['listed']): void {
  const { rule, verdict, counterexample } = found;
  const entry = listed.get(rule.id);
  const element = parent.ele('testcase', {
    name: `${rule.id} (${rule.level}): ${rule.invariant}`,
    classname: group,
    time: '0.000',
  });
  if (entry !== undefined && headingOf(found, listed) === 'KNOWN') {
    element.ele('skipped', { message: `KNOWN: ${divergenceSentence(entry.divergence)}` });
    element.ele('system-out').txt(plainReport(found));
    return;
  }
  switch (verdict) {
    case 'KEPT':
      if (entry?.standing === 'fixed')
        element.ele('system-out').txt(`FIXED: take it out of the baseline. ${entry.divergence.reason}`);
      return;
    case 'VIOLATED':
    case 'WARNED': {
      const expired =
        entry?.standing === 'expired' ? `EXPIRED: ${divergenceSentence(entry.divergence)} ` : '';
      const seen =
        counterexample === undefined
          ? rule.invariant
          : `Expected ${counterexample.expected}; observed ${observedSentence(counterexample)}`;
      const message = `${expired}${seen}`;
      if (verdict === 'VIOLATED') element.ele('failure', { type: verdict, message }).txt(plainReport(found));
      else {
        element.ele('skipped', { message: `WARNED: ${message}` });
        element.ele('system-out').txt(plainReport(found));
      }
      return;
    }
    case 'ERROR':
      element.ele('error', { type: verdict, message: reasonOf(found) });
      return;
    case 'OBSERVED':
      element.ele('skipped', { message: `OBSERVED: ${observedLabels(found)}` });
      return;
    default:
      element.ele('skipped', { message: `${verdict}: ${reasonOf(found)}` });
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
