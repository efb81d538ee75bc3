/** AWS, kafka-retry-configurations.html: what becomes of a batch that fails. */

import { settingsAsked } from '../../engine/mappingSettings.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Batch, View } from '../../engine/view.ts';
import { asking, CREATE } from '../limits/asking.ts';
import { kindOf } from '../limits/mappingRequests.ts';
import { attemptsUpTo } from '../mappings/records.ts';
import { identifierAt, responseOf } from '../mappings/response.ts';
import { once } from '../memo.ts';
import { handledAgain, retryDueBy, tooOften, triedAgainWhole } from './retrying.ts';
import { hasFailed, isDisturbed, isProvisioned, kafkaBatches, placeOf, retriesOf } from './subjects.ts';

const RETRIES = guide('kafka-retry-configurations');

/** Batches that failed under settings that never changed. */
const failed = once((view: View): readonly Batch[] =>
  kafkaBatches(view).filter((batch) => batch.mapping.steady !== undefined && hasFailed(batch)),
);

/** Of these: the mapping tries without a bound, the batch whole. */
const endless = (view: View): readonly Batch[] =>
  failed(view).filter(({ mapping: { steady } }) => {
    if (steady === undefined || retriesOf(steady) !== Number.POSITIVE_INFINITY) return false;
    return !steady.bisects && steady.maximumRecordAgeSeconds === -1;
  });

export const ret01 = defineRule({
  id: 'KAF-RET-01',
  level: 'MUST',
  invariant:
    'By default a batch that fails is tried again, as a whole, until it succeeds or its records expire.',
  sources: [guide('with-kafka', 'archived'), RETRIES],
  needs: ['kafka'],
  subjects: endless,
  check: triedAgainWhole,
});

/** Of these: the number of attempts is bounded, and nothing else ends them. */
const bounded = (view: View): readonly Batch[] =>
  failed(view).filter(({ mapping: { steady } }) => {
    if (steady === undefined || !isProvisioned(steady) || steady.maximumRetryAttempts < 0) return false;
    return !steady.bisects && !steady.reportsItemFailures && steady.maximumRecordAgeSeconds === -1;
  });

export const ret02 = defineRule({
  id: 'KAF-RET-02',
  level: 'MUST',
  invariant:
    'MaximumRetryAttempts does not count the first attempt: a batch that keeps failing has n + 1 attempts.',
  sources: [RETRIES],
  needs: ['kafka'],
  subjects: bounded,
  check: (batch, view, tolerances) => {
    const allowed = 1 + (batch.mapping.steady?.maximumRetryAttempts ?? 0);
    const often = tooOften(batch, allowed, tolerances);
    if (often !== undefined) {
      const { record, attempts } = often;
      const entries = [attempts[allowed]?.started ?? batch.started];
      return {
        expected: `at most ${allowed} attempts with ${record.id}`,
        observed: `${attempts.length}`,
        entries,
      };
    }
    const tried = attemptsOf(batch);
    if (tried === undefined || tried >= allowed) return;
    return triedAgainWhole(batch, view, tolerances);
  },
});

/** How many attempts the first record of the batch that can be told had, up to this one. */
function attemptsOf(batch: Batch): number | undefined {
  const record = batch.records.find((one) => one !== undefined);
  return record === undefined ? undefined : attemptsUpTo(record, batch);
}

export const ret03 = defineRule({
  id: 'KAF-RET-03',
  level: 'MUST',
  invariant: 'Retries without a bound are bounded by 10 where there is an on-failure destination.',
  sources: [RETRIES, guide('kafka-on-failure-destination')],
  needs: ['kafka', 'destinations'],
  subjects: (view) =>
    failed(view).filter(
      ({ mapping: { steady } }) =>
        steady?.maximumRetryAttempts === -1 &&
        steady.onFailure !== undefined &&
        !steady.bisects &&
        !steady.reportsItemFailures,
    ),
  check: (batch, _view, tolerances) => {
    const often = tooOften(batch, 11, tolerances);
    if (often === undefined) return;
    const { record, attempts } = often;
    const entries = [attempts[11]?.started ?? batch.started];
    return { expected: `at most 11 attempts with ${record.id}`, observed: `${attempts.length}`, entries };
  },
});

/** Requests for retry settings of a mapping of a Kafka topic that is not in provisioned mode. */
const unprovisioned = asking(CREATE, (request, view) => {
  const { input } = request.step;
  if (input['ProvisionedPollerConfig'] !== undefined || kindOf(request, view) !== 'kafka') return false;
  const asked = settingsAsked(input);
  if (asked === undefined) return false;
  return (
    asked.maximumRetryAttempts >= 0 ||
    asked.maximumRecordAgeSeconds > 0 ||
    asked.bisects ||
    asked.reportsItemFailures
  );
});

export const ret04 = defineRule({
  id: 'KAF-RET-04',
  level: 'SHOULD',
  invariant: 'Retry count, record age, bisecting and partial batch responses need provisioned mode.',
  sources: [guide('kafka-scaling-modes'), RETRIES, api('CreateEventSourceMapping')],
  needs: ['kafka'],
  isOfRequests: true,
  isSilent: true,
  note: 'How they fail in on-demand mode is not said, and the API reference lists them without the condition.',
  subjects: unprovisioned,
  observe: ({ answered, rejected }) => {
    if (answered !== undefined) return 'accepted in on-demand mode';
    return rejected?.status === 400 ? 'refused with 400' : 'refused otherwise';
  },
});

/** Batches of mappings that take partial batch responses, whose function returned something. */
const answeredInParts = once((view: View): readonly Batch[] =>
  kafkaBatches(view).filter(
    ({ mapping: { steady }, attempt }) => steady?.reportsItemFailures === true && attempt.succeeded,
  ),
);

export const pbr01 = defineRule({
  id: 'KAF-PBR-01',
  level: 'MUST',
  invariant:
    'A partial response names partition and offset; an unknown one fails the whole batch, an empty or null result is success.',
  sources: [RETRIES],
  needs: ['kafka'],
  subjects: answeredInParts,
  check: (batch, view, tolerances) => {
    const response = responseOf(batch);
    if (response.kind === 'unknown') return { unknown: 'the result was not seen' };
    if (isDisturbed(batch.mapping, view)) return { unknown: 'the mapping, its source or its rights changed' };
    if (response.kind === 'partial') return;
    const tried = attemptsOf(batch) ?? 0;
    if (response.kind === 'failure') {
      const retries = batch.mapping.steady === undefined ? undefined : retriesOf(batch.mapping.steady);
      if (retries === undefined || tried > retries) return;
      if (batch.mapping.steady?.bisects === true || batch.mapping.steady?.maximumRecordAgeSeconds !== -1)
        return;
      return triedAgainWhole(batch, view, tolerances);
    }
    return handledAgain(batch, tolerances);
  },
});

export const pbr02 = defineRule({
  id: 'KAF-PBR-02',
  level: 'SHOULD',
  invariant: 'After a partial failure only the records that were reported are tried again.',
  sources: [RETRIES],
  needs: ['kafka'],
  isSilent: true,
  note: 'How that goes with the order of a partition is not said.',
  subjects: (view) => answeredInParts(view).filter((batch) => responseOf(batch).kind === 'partial'),
  observe: (batch, view, tolerances) => {
    const response = responseOf(batch);
    if (response.kind !== 'partial') return 'not a partial response';
    const first = batch.records.find(
      (record, at) => record !== undefined && response.failed.has(identifierAt(batch, at)),
    );
    const next = first?.batches.find(
      ({ mapping, attempt }) => mapping === batch.mapping && attempt.startedAt > batch.attempt.startedAt,
    );
    if (next === undefined)
      return view.watchedUntil < retryDueBy(batch, tolerances)
        ? 'not watched long enough'
        : 'not tried again';
    const others = next.seen.filter((record) => !response.failed.has(placeOf(record)));
    if (others.length === 0) return 'only what was reported is tried again';
    const known = new Set(batch.seen.map(placeOf));
    return others.some((record) => known.has(placeOf(record)))
      ? 'others of the batch are tried again too'
      : 'with records that came later';
  },
});
