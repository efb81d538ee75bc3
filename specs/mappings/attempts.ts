/** AWS, invocation-eventsourcemapping.html: how a mapping invokes. */

import { ANY_SOURCE, OUTLETS, STREAMS } from '../../engine/capabilities.ts';
import { isFiller, jsonBytes } from '../../engine/json.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { nothingArrives, outletsOf } from './outlets.ts';
import { NO_BATCHES } from './records.ts';
import { responseOf } from './response.ts';
import { mayBeWindowed } from './settings.ts';
import { allBatches, expected, isDelivered, withBatches } from './subjects.ts';

const MAPPINGS = guide('invocation-eventsourcemapping');

export const sync01 = defineRule({
  id: 'POLL-SYNC-01',
  level: 'MUST',
  invariant:
    'Mappings invoke synchronously: no queue of events, no retries of it, no destination or dead letter of the function.',
  sources: [MAPPINGS, guide('invocation-sync')],
  needs: [ANY_SOURCE, OUTLETS],
  subjects: (view) => withBatches(view).filter((mapping) => outletsOf(mapping).size > 0),
  check: nothingArrives,
});

export const alo01 = defineRule({
  id: 'POLL-ALO-01',
  level: 'MUST',
  invariant:
    'At least once: a record that the filters let through, and that is not too old, is part of an attempt.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE],
  subjects: expected,
  check: isDelivered,
});

export const dup01 = defineRule({
  id: 'POLL-DUP-01',
  level: 'MAY',
  invariant: 'A record may be part of further attempts even after a successful one.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE],
  subjects: (view) => expected(view).filter(({ record }) => record.batches.length > 0),
  observe: ({ record, mapping }) => {
    let hasSucceeded = false;
    for (const batch of record.batches) {
      if (batch.mapping !== mapping) continue;
      if (hasSucceeded) return 'in another attempt after a success';
      hasSucceeded = batch.attempt.succeeded && responseOf(batch).kind === 'success';
    }
    return hasSucceeded ? 'in no attempt after a success' : 'in no attempt that succeeded as a whole';
  },
});

/** The largest batch that the mapping may ever have formed. */
function largestBatch({ settings }: MappingView): number {
  let largest = 0;
  for (const { value } of settings) if (value !== null) largest = Math.max(largest, value.batchSize);
  return largest;
}

export const batch01 = defineRule({
  id: 'POLL-BATCH-01',
  level: 'MUST',
  invariant: 'An attempt has between 1 and BatchSize records.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE],
  note: 'The last invocation of a tumbling window may have none: of that the pages say nothing.',
  subjects: allBatches,
  check: ({ seen, mapping, started }) => {
    if (mapping.steady !== undefined && seen.length > 0 && seen.length <= mapping.steady.batchSize) return;
    const most = largestBatch(mapping);
    const least = mayBeWindowed(mapping) ? 0 : 1;
    if (seen.length >= least && seen.length <= most) return;
    return {
      expected: `between ${least} and ${most} records`,
      observed: `${seen.length}`,
      entries: [started],
    };
  },
});

/** Whether anything large is sent at all. */
const sendsLarge = ({ history }: View): boolean =>
  history.scenario.steps.some(
    (step) => step.do === 'send' && step.records.some(({ body }) => isFiller(body)),
  );

/** Batches with a record that is large by itself. */
const large = (view: View): readonly Batch[] => {
  if (view.batches.length === 0 || !sendsLarge(view)) return NO_BATCHES;
  return view.batches.filter(({ records }) => records.some((record) => isFiller(record?.spec.body)));
};

export const batch02 = defineRule({
  id: 'POLL-BATCH-02',
  level: 'MUST',
  invariant: 'The event of an attempt, metadata included, has at most 6 MB.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE],
  subjects: large,
  check: ({ records, seen, started, mapping }, _view, tolerances) => {
    const { kind } = mapping.source;
    // The event has the data of these in base64.
    const share = kind === 'kinesis' || kind === 'kafka' || kind === 'mq' ? 4 / 3 : 1;
    let bytes = 0;
    for (const record of records)
      if (record?.spec.body !== undefined) bytes += Math.floor(share * jsonBytes(record.spec.body));
    if (seen.length < 2 || bytes <= tolerances.batchBytes + tolerances.payloadMarginBytes) return;
    return {
      expected: `at most ${tolerances.batchBytes} bytes`,
      observed: `${bytes} bytes of bodies alone`,
      entries: [started],
    };
  },
});

export const batch03 = defineRule({
  id: 'POLL-BATCH-03',
  level: 'MUST',
  invariant: 'All records of an attempt come from one mapping: one queue, one shard, one topic.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE],
  subjects: allBatches,
  check: ({ records, seen, mapping, started, shard }) => {
    const isKafka = mapping.source.kind === 'kafka';
    for (let place = 0; place < seen.length; place++) {
      const source = records[place]?.source;
      if (source !== undefined && source !== mapping.source)
        return {
          expected: `records of ${mapping.source.ref}`,
          observed: `one of ${source.ref}`,
          entries: [started],
        };
      if (isKafka || seen[place]?.shard === shard) continue;
      return {
        expected: `records of the shard ${shard}`,
        observed: `one of ${seen[place]?.shard}`,
        entries: [started],
      };
    }
    return;
  },
});

/** The versions that a qualifier may run. */
function versionsOf({ function: owner }: MappingView, qualifier: string): readonly string[] {
  const alias = owner.spec.aliases?.find(({ name }) => name === qualifier);
  if (alias === undefined) return [qualifier];
  return alias.additional === undefined ? [alias.version] : [alias.version, alias.additional.version];
}

export const qual01 = defineRule({
  id: 'POLL-QUAL-01',
  level: 'SHOULD',
  invariant: 'Attempts run the version, or the alias’s version, that the mapping names.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE, 'versions'],
  subjects: (view) =>
    view.batches.filter(({ mapping: { steady } }) => steady !== undefined && steady.qualifier !== undefined),
  check: ({ mapping, started }) => {
    const qualifier = mapping.steady?.qualifier ?? '$LATEST';
    const versions = versionsOf(mapping, qualifier);
    if (versions.includes(started.version)) return;
    return {
      expected: `version ${versions.join(' or ')}, by the qualifier ${qualifier}`,
      observed: started.version,
      entries: [started],
    };
  },
});

export const ext01 = defineRule({
  id: 'POLL-EXT-01',
  level: 'MAY',
  invariant: 'Attempts at once may briefly exceed shards times factor.',
  sources: [guide('invocation-eventsourcemapping')],
  needs: [STREAMS],
  subjects: (view) =>
    withBatches(view).filter(({ source }) => source.kind === 'kinesis' || source.kind === 'dynamodb'),
  observe: ({ batches, steady }) => {
    const factor = steady?.parallelizationFactor ?? 10;
    const shards = new Set(batches.map(({ shard }) => shard)).size;
    const running: number[] = [];
    for (const { attempt } of batches) {
      let kept = 0;
      for (const end of running) if (end > attempt.startedAt) running[kept++] = end;
      running.length = kept;
      running.push(attempt.endedEarliest);
      if (running.length > shards * factor) return 'more at once than shards times factor';
    }
    return 'no more at once than shards times factor';
  },
});

export const metric01 = defineRule({
  id: 'POLL-METRIC-01',
  level: 'MAY',
  invariant: 'PolledEventCount is no less than InvokedEventCount and FilteredOutEventCount together.',
  sources: [guide('monitoring-metrics-types')],
  needs: [ANY_SOURCE, 'metrics'],
  subjects: (view) => withBatches(view).filter(({ name }) => view.metrics.has(`mapping:${name}`)),
  observe: ({ name }, view) => {
    const metrics = view.metrics.get(`mapping:${name}`);
    const of = (key: string) => metrics?.get(key) ?? 0;
    return of('PolledEventCount') >= of('InvokedEventCount') + of('FilteredOutEventCount')
      ? 'polled are no less'
      : 'polled are less';
  },
});
