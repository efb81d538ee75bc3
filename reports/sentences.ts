/** What data says, in words: made once here for the console, JUnit and Markdown alike. */
import wrapAnsi from 'wrap-ansi';
import { CAPABILITIES, type Capability } from '../engine/capabilities.ts';
import { patternText } from '../engine/mappingSettings.ts';
import type { RuleResult } from '../engine/result.ts';
import type { Counterexample, Pace, RunHeader } from '../engine/runFile.ts';
import type { EventInvokeSpec, FunctionSpec, Scenario } from '../engine/scenario.ts';
import type { MappingSpec, QueueSpec } from '../engine/sourceSpec.ts';
import type { KnownDivergence } from './baseline.ts';
import type { Heading } from './summary.ts';

/** `1 event`, `10,000 events`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${count === 1 ? noun : `${noun}s`}`;
}

/** A whole number with its thousands apart: `10,000`. */
export const grouped = (count: number): string => count.toLocaleString('en');

/** A duration for people: `0.42 s`, `12.3 s`, `3 min 05 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** What each verdict says of its rules. */
export const VERDICT_MEANING: Readonly<Record<Heading, string>> = {
  KEPT: 'every subject kept the rule',
  VIOLATED: 'a MUST is broken',
  WARNED: 'a SHOULD is broken',
  KNOWN: 'a MUST or a SHOULD is broken, and the baseline accepts it',
  OBSERVED: 'AWS leaves it open: what the target did was noted, not judged',
  VACUOUS: 'no scenario had a subject for it, so nothing is known',
  UNKNOWN: 'there were subjects, but what was seen does not decide them',
  UNSUPPORTED: 'the target does not offer what it needs, or it is not its doing',
  ERROR: 'the harness failed: this says nothing about the target',
};

/** What was observed, with how often where the clock is real: `3 attempts of e1, in 5 of 5 runs`. */
export function observedSentence({ observed, broke, runs }: Counterexample): string {
  return runs > 1 ? `${observed}, in ${broke} of ${runs} runs` : observed;
}

/**
 * How large a scenario is: `1 function, 2 events, 1 control-plane request`. Events and records are counted by `times`;
 * what does not occur is left out, but for events where there are no records either.
 */
export function sizeOf(scenario: Scenario): string {
  let [events, records, requests, removals, reshardings, permissions] = [0, 0, 0, 0, 0, 0];
  for (const step of scenario.steps) {
    if (step.do === 'invoke') events += step.times ?? 1;
    else if (step.do === 'send') for (const { times = 1 } of step.records) records += times;
    else if (step.do === 'request') requests++;
    else if (step.do === 'remove') removals++;
    else if (step.do === 'reshard') reshardings++;
    else permissions++;
  }
  const parts = [counted(scenario.functions.length, 'function')];
  const mappings = scenario.mappings?.length ?? 0;
  if (mappings > 0) parts.push(counted(mappings, 'mapping'));
  if (events > 0 || records === 0) parts.push(counted(events, 'event'));
  if (records > 0) parts.push(counted(records, 'record'));
  if (requests > 0) parts.push(counted(requests, 'control-plane request'));
  if (removals > 0) parts.push(counted(removals, 'removal'));
  if (reshardings > 0) parts.push(counted(reshardings, 'resharding'));
  if (permissions > 0) parts.push(counted(permissions, 'permission change'));
  return parts.join(', ');
}

/**
 * What a scenario sets up beforehand: a line for each function, then one for each of its qualifiers that has something
 * of its own, wrapped to `columns`:
 * `f          timeout 3 s, 1 version`
 * `f:$LATEST  1 retry, failure → queue:failed`
 * Defaults are left out, but for the timeout.
 */
export function givenLines(scenario: Scenario, columns = Number.POSITIVE_INFINITY): string[] {
  const rows: (readonly [label: string, parts: readonly string[]])[] = [];
  if (scenario.account !== undefined) {
    const { concurrency, unreservedMinimum } = scenario.account;
    rows.push(['account', [`concurrency ${concurrency}, of which ${unreservedMinimum} stay unreserved`]]);
  }
  for (const spec of scenario.functions) {
    rows.push([spec.name, functionParts(spec)]);
    for (const [qualifier, parts] of qualifierParts(spec)) rows.push([`${spec.name}:${qualifier}`, parts]);
  }
  for (const spec of scenario.queues ?? []) {
    const parts = queueParts(spec);
    if (parts.length > 0) rows.push([`queue:${spec.name}`, parts]);
  }
  for (const { name, shards = 1 } of scenario.streams ?? [])
    if (shards > 1) rows.push([`stream:${name}`, [`${shards} shards`]]);
  for (const { name, view, shards = 1 } of scenario.tables ?? [])
    if (view !== undefined || shards > 1)
      rows.push([`table:${name}`, [view ?? 'NEW_AND_OLD_IMAGES', counted(shards, 'shard')]]);
  for (const { name, on, partitions = 1 } of scenario.kafkaTopics ?? [])
    rows.push([`kafka:${name}`, [on, counted(partitions, 'partition')]]);
  for (const spec of scenario.mappings ?? []) rows.push([spec.name, mappingParts(spec)]);
  const labelColumns = Math.max(...rows.map(([label]) => label.length)) + 2;
  const room = Math.max(LEAST_ROOM, columns - labelColumns);
  return rows.flatMap(([label, parts]) => {
    const text = parts.join(', ');
    const lines =
      room === Number.POSITIVE_INFINITY ? [text] : wrapAnsi(text, room, { hard: false }).split('\n');
    return lines.map((line, at) => (at === 0 ? label : '').padEnd(labelColumns) + line);
  });
}

function queueParts(spec: QueueSpec): string[] {
  const { visibilityTimeoutSeconds: visibility, delaySeconds: delay, retentionSeconds: kept, redrive } = spec;
  return [
    ...(spec.fifo === true ? ['FIFO'] : []),
    ...(visibility === undefined ? [] : [`visibility timeout ${visibility} s`]),
    ...(delay === undefined ? [] : [`delay ${delay} s`]),
    ...(kept === undefined ? [] : [`kept ${kept} s`]),
    ...(redrive === undefined
      ? []
      : [`after ${counted(redrive.maxReceiveCount, 'receive')} → ${redrive.to}`]),
  ];
}

/** The settings of a mapping that differ from AWS's defaults. */
function mappingParts(spec: MappingSpec): string[] {
  const parts = [
    `${spec.source} → ${spec.function}${spec.qualifier === undefined ? '' : `:${spec.qualifier}`}`,
  ];
  const say = (value: number | string | undefined, words: (value: number | string) => string) => {
    if (value !== undefined) parts.push(words(value));
  };
  if (spec.enabled === false) parts.push('disabled');
  say(spec.batchSize, (size) => `batches of ${size}`);
  say(spec.windowSeconds, (seconds) => `window ${seconds} s`);
  if (spec.filters !== undefined)
    parts.push(...spec.filters.map((filter) => `filter ${patternText(filter)}`));
  if (spec.reportsItemFailures === true) parts.push('reports batch item failures');
  say(spec.maximumConcurrency, (most) => `maximum concurrency ${most}`);
  if (spec.provisioned !== undefined)
    parts.push(`provisioned pollers ${spec.provisioned.minimum ?? ''}–${spec.provisioned.maximum ?? ''}`);
  say(spec.startingPosition, (position) => `from ${position}`);
  say(spec.parallelizationFactor, (factor) => `parallelization factor ${factor}`);
  say(spec.maximumRetryAttempts, (retries) => `${retries} retries`);
  say(spec.maximumRecordAgeSeconds, (age) => `records up to ${age} s old`);
  if (spec.bisects === true) parts.push('bisects');
  say(spec.tumblingWindowSeconds, (seconds) => `tumbling window ${seconds} s`);
  say(spec.onFailure, (to) => `failures → ${to}`);
  say(spec.consumerGroup, (group) => `consumer group ${group}`);
  return parts;
}

const LEAST_ROOM = 20;

function functionParts(spec: FunctionSpec): string[] {
  const parts = [`timeout ${spec.timeoutSeconds} s`];
  if (spec.fresh) parts.push('invoked as soon as it is created');
  if (spec.initSeconds !== undefined) parts.push(`initialisation ${spec.initSeconds} s`);
  if (spec.versions !== undefined) parts.push(counted(spec.versions, 'version'));
  if (spec.reservedConcurrency !== undefined) parts.push(`reserved concurrency ${spec.reservedConcurrency}`);
  if (spec.recursiveLoop !== undefined) parts.push(`recursive loops: ${spec.recursiveLoop}`);
  if (spec.deadLetter !== undefined) parts.push(`dead letters → ${spec.deadLetter}`);
  return parts;
}

/** What is set up for a version or an alias, by qualifier. */
function qualifierParts(spec: FunctionSpec): ReadonlyMap<string, readonly string[]> {
  const byQualifier = new Map<string, string[]>();
  const add = (qualifier: string, part: string) => {
    const parts = byQualifier.get(qualifier);
    if (parts === undefined) byQualifier.set(qualifier, [part]);
    else parts.push(part);
  };
  for (const { name, version, additional } of spec.aliases ?? []) {
    add(name, `alias → ${version}`);
    if (additional !== undefined) add(name, `${additional.weight} of it → ${additional.version}`);
  }
  for (const { qualifier, concurrency } of spec.provisioned ?? []) {
    add(qualifier, `provisioned concurrency ${concurrency}`);
  }
  for (const config of spec.eventInvoke ?? []) add(config.qualifier, configWords(config));
  return byQualifier;
}

function configWords({
  maximumRetryAttempts: retries,
  maximumEventAgeSeconds: age,
  onSuccess,
  onFailure,
}: EventInvokeSpec): string {
  const words = [
    ...(retries === undefined ? [] : [retries === 1 ? '1 retry' : `${retries} retries`]),
    ...(age === undefined ? [] : [`events up to ${age} s old`]),
    ...(onSuccess === undefined ? [] : [`success → ${onSuccess}`]),
    ...(onFailure === undefined ? [] : [`failure → ${onFailure}`]),
  ];
  return words.length === 0 ? 'a configuration of defaults' : words.join(', ');
}

/** The flags that choose a target again: none for memory, which is what no flag means. */
export function targetFlags({ name, flags = {} }: Pick<RunHeader['target'], 'name' | 'flags'>): string {
  if (name === 'memory') return '';
  const { endpoint, timeScale, collectorHost } = flags;
  return [
    / |^https?:/.test(name) ? ` --endpoint ${name}` : ` --target ${name}`,
    ...(endpoint === undefined ? [] : [` --endpoint ${endpoint}`]),
    ...(timeScale === undefined ? [] : [` --time-scale ${timeScaleWords(timeScale)}`]),
    ...(collectorHost === undefined ? [] : [` --collector-host ${collectorHost}`]),
  ].join('');
}

/** `1/60`, where it is such a fraction. */
export function timeScaleWords(timeScale: number): string {
  const below = Math.round(1 / timeScale);
  return below > 1 && 1 / below === timeScale ? `1/${below}` : String(timeScale);
}

/** The target with its version, where that is known. */
export const targetName = ({ name, version }: Pick<RunHeader['target'], 'name' | 'version'>): string =>
  version === '' || version === name ? name : `${name} ${version}`;

/** What to know and to try next for a broken rule: a sentence each. */
export function hintsFor({ rule, counterexample }: RuleResult): string[] {
  const hints: string[] = [];
  if (counterexample !== undefined && counterexample.broke < counterexample.runs) {
    hints.push('It does not recur every time: replay it with -n 20 to see how often.');
  }
  if (rule.note !== undefined) hints.push(`Note: ${rule.note}`);
  hints.push(`lambda-conformance explain ${rule.id} shows what the rule rests on.`);
  return hints;
}

/** Why a rule has no verdict: the reason as told or, where there is none, what the verdict says. */
export const reasonOf = ({ verdict, reason }: RuleResult): string => reason ?? VERDICT_MEANING[verdict];

/** What was seen of a rule that only observes: `attempts in order (12), out of order (3)`, the commonest first. */
export function observedLabels({ tally }: RuleResult): string {
  return Object.entries(tally.observed)
    .sort(([, a], [, b]) => b - a)
    .map(([label, count]) => `${label} (${grouped(count)})`)
    .join(', ');
}

/** What a capability is, in words. */
export const capabilityWords = (need: Capability): string => `${need}: ${CAPABILITIES[need]}`;

/** What a baseline says of a rule: `No limit of the size of an event (until 2027-01-31, https://…).` */
export function divergenceSentence({ reason, link, expires }: KnownDivergence): string {
  const more = [
    ...(expires === undefined ? [] : [`until ${expires}`]),
    ...(link === undefined ? [] : [link]),
  ];
  return more.length === 0 ? reason : `${reason.replace(/\.$/, '')} (${more.join(', ')}).`;
}

/** `, shard 2/4` or `, merged of 4 shards`; nothing for a run in one piece. */
export function shardWords({ shard, merged }: Pick<RunHeader, 'shard' | 'merged'>): string {
  if (shard !== undefined) return `, shard ${shard.index}/${shard.of}`;
  return merged === undefined ? '' : `, merged of ${counted(merged, 'shard')}`;
}

/** What bounded the time of a run on a real clock: the longest scenario, or the processors, and how near it came. */
export function paceSentence({ scenariosSeconds, longestSeconds, busySeconds }: Pace): string {
  const isByLongest = longestSeconds >= busySeconds;
  const bound = Math.max(longestSeconds, busySeconds, 0.001);
  const what = isByLongest
    ? `the longest of them, ${duration(longestSeconds)}`
    : `the ${duration(busySeconds)} for which the processors were busy`;
  return `The scenarios took ${duration(scenariosSeconds)}: ${(scenariosSeconds / bound).toFixed(1)} times ${what}.`;
}
