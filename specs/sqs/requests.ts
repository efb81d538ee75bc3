/** What is refused, and what is not, of mappings of queues. */
import { possible } from '../../engine/configuration.ts';
import { asObject, redriveIn } from '../../engine/record.ts';
import { defineRule } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { isBesideThePoint, mustBeRefused } from '../limits/answers.ts';
import { asking, CREATE, CREATE_OR_UPDATE } from '../limits/asking.ts';
import { isForMapping, isOfFifo, kindOf, mappingOf, sourceOf } from '../limits/mappingRequests.ts';
import { textIn } from '../limits/naming.ts';
import {
  CONFIGURE,
  DEAD_LETTERS,
  MAPPINGS,
  PARAMETERS,
  POLLER_CONFIG,
  SCALING,
  SET_ATTRIBUTES,
} from './pages.ts';
import { queueOf } from './subjects.ts';

/** How long the queue of a request is invisible, and how long its function may run: for certain. */
function timesOf(request: ControlRequest, view: View): { visibility: number; timeout: number } | undefined {
  const ref = sourceOf(request, view);
  const named = textIn(request.step.input, 'FunctionName');
  const owner = named === undefined ? mappingOf(request, view)?.function : view.functions.get(named);
  const queue = ref === undefined ? undefined : queueOf({ ref }, view);
  if (owner === undefined || queue === undefined || ref === undefined) return undefined;
  const { at } = request.requested;
  const timeouts = possible(owner.timeoutSeconds, at, at);
  const visibilities = view.sources.get(ref)?.visibilityTimeoutSeconds;
  const visibility =
    visibilities === undefined ? [queue.visibilityTimeoutSeconds ?? 30] : possible(visibilities, at, at);
  if (timeouts.length !== 1 || visibility.length !== 1) return undefined;
  return { visibility: visibility[0] ?? 0, timeout: timeouts[0] ?? 0 };
}

/** Whether the mapping of an update may be deleted by then: there is nothing left to refuse. */
function mayBeDeleted(request: ControlRequest, view: View): boolean {
  if (request.step.operation !== 'UpdateEventSourceMapping') return false;
  const { at } = request.requested;
  const mapping = mappingOf(request, view);
  return mapping !== undefined && possible(mapping.settings, at, at).includes(null);
}

export const vis04 = defineRule({
  id: 'SQS-VIS-04',
  level: 'MUST',
  invariant:
    'Creating or updating a mapping whose function timeout exceeds the queue’s visibility timeout is refused.',
  sources: [CONFIGURE],
  needs: ['sqs', 'controlPlane'],
  isOfRequests: true,
  note: 'The error’s name is not on the page; commonly reported is InvalidParameterValueException.',
  subjects: asking(CREATE_OR_UPDATE, (request, view) => {
    if (kindOf(request, view) !== 'sqs' || mayBeDeleted(request, view)) return false;
    const times = timesOf(request, view);
    return times !== undefined && times.timeout > times.visibility;
  }),
  check: (request, view) => {
    const times = timesOf(request, view);
    return mustBeRefused(
      request,
      view,
      `a timeout of ${times?.timeout} s with a visibility timeout of ${times?.visibility} s`,
    );
  },
});

export const vis07 = defineRule({
  id: 'SQS-VIS-07',
  level: 'MAY',
  invariant:
    'Lowering the queue’s visibility timeout below the function timeout, after the mapping was made.',
  sources: [CONFIGURE],
  needs: ['sqs', 'controlPlane'],
  isOfRequests: true,
  isSilent: true,
  subjects: asking(['SetQueueAttributes'], ({ step }, view) => {
    const source = view.sources.get(textIn(step.input, 'QueueUrl') ?? '');
    const visibility = textIn(step.input['Attributes'], 'VisibilityTimeout');
    if (source === undefined || visibility === undefined) return false;
    return source.mappings.some(({ function: owner }) => owner.spec.timeoutSeconds > Number(visibility));
  }),
  observe: ({ answered }) => (answered === undefined ? 'refused' : 'taken'),
});

/** Which queue a redrive policy leads to, and whether the two are of one kind. */
function redriveOf({ step }: ControlRequest, view: View): { isMatching: boolean } | undefined {
  const { queues = [] } = view.history.scenario;
  const to = redriveIn(asObject(step.input['Attributes'])?.['RedrivePolicy'])?.to;
  const from = queues.find(({ name }) => `queue:${name}` === step.input['QueueUrl']);
  const dead = queues.find(({ name }) => `queue:${name}` === to);
  if (from === undefined || dead === undefined) return undefined;
  const isRemoved = view.history.scenario.steps.some(
    (one) => one.do === 'remove' && (one.resource === step.input['QueueUrl'] || one.resource === to),
  );
  // What is asked of a queue that is gone is refused for that.
  if (isRemoved) return undefined;
  return { isMatching: (from.fifo === true) === (dead.fifo === true) };
}

export const rdr04 = defineRule({
  id: 'SQS-RDR-04',
  level: 'MUST',
  invariant: 'The dead-letter queue of a FIFO queue is FIFO, that of a standard queue standard.',
  sources: [DEAD_LETTERS, SET_ATTRIBUTES],
  needs: ['sqs', 'redrive', 'fifo'],
  isOfRequests: true,
  note: 'That retention counts from the original sending is not seen within a test’s time.',
  subjects: asking(['SetQueueAttributes'], (request, view) => redriveOf(request, view) !== undefined),
  check: (request, view) => {
    const { answered, rejected } = request;
    const isMatching = redriveOf(request, view)?.isMatching;
    if (isMatching === false) return mustBeRefused(request, view, 'a dead-letter queue of the other kind');
    if (rejected === undefined || answered !== undefined) return;
    if (rejected.status !== 400 || isBesideThePoint(rejected))
      return { unknown: `refused for another reason: ${rejected.error}` };
    return {
      expected: 'a dead-letter queue of the same kind taken',
      observed: `${rejected.status} ${rejected.error}`,
      entries: [rejected],
    };
  },
});

export const maxc03 = defineRule({
  id: 'SQS-MAXC-03',
  level: 'MUST',
  invariant: 'MaximumConcurrency and ProvisionedPollerConfig exclude each other: both together are refused.',
  sources: [SCALING, CONFIGURE, MAPPINGS],
  needs: ['sqs', 'controlPlane'],
  isOfRequests: true,
  subjects: asking(CREATE_OR_UPDATE, (request, view) => {
    const { input } = request.step;
    return (
      input['ScalingConfig'] !== undefined &&
      input['ProvisionedPollerConfig'] !== undefined &&
      kindOf(request, view) === 'sqs'
    );
  }),
  check: (request, view) =>
    mustBeRefused(request, view, 'ScalingConfig and ProvisionedPollerConfig together'),
});

export const batch02 = defineRule({
  id: 'SQS-BATCH-02',
  level: 'MUST',
  invariant: 'A FIFO queue has no batching window.',
  sources: [PARAMETERS, CONFIGURE],
  needs: ['sqs', 'fifo', 'controlPlane'],
  isOfRequests: true,
  isSilent: true,
  note: 'How a window on a FIFO queue fails is not said.',
  subjects: asking(CREATE_OR_UPDATE, (request, view) => {
    const windowSeconds = request.step.input['MaximumBatchingWindowInSeconds'];
    return (
      typeof windowSeconds === 'number' &&
      windowSeconds > 0 &&
      isOfFifo(request, view) &&
      isForMapping(request, view)
    );
  }),
  observe: ({ answered, rejected }) => {
    if (answered !== undefined) return 'a window on a FIFO queue taken';
    return rejected?.status === 400 ? 'refused with 400' : 'refused otherwise';
  },
});

export const prov02 = defineRule({
  id: 'SQS-PROV-02',
  level: 'MAY',
  invariant: 'MaximumPollers between 2,001 and 10,000.',
  sources: [PARAMETERS, MAPPINGS, POLLER_CONFIG],
  needs: ['sqs', 'controlPlane'],
  isOfRequests: true,
  isContradictory: true,
  note: 'The guide gives 2,000 as the largest value, the API reference 10,000.',
  subjects: asking(CREATE_OR_UPDATE, (request, view) => {
    const most = asObject(request.step.input['ProvisionedPollerConfig'])?.['MaximumPollers'];
    return typeof most === 'number' && most > 2_000 && most <= 10_000 && kindOf(request, view) === 'sqs';
  }),
  observe: ({ answered }) => (answered === undefined ? 'refused' : 'taken'),
});

const REGION = /^arn:aws[a-z-]*:sqs:([a-z0-9-]+):/;

export const reg01 = defineRule({
  id: 'SQS-REG-01',
  level: 'MUST',
  invariant: 'Queue and function are in one Region: a queue of another one is refused.',
  sources: [CONFIGURE],
  needs: ['sqs', 'controlPlane'],
  isOfRequests: true,
  note: 'Functions are in the Region that the target was opened with: `xx-else-1` is none at all.',
  subjects: asking(CREATE, ({ step }) => {
    const [, region] = REGION.exec(textIn(step.input, 'EventSourceArn') ?? '') ?? [];
    return region === 'xx-else-1';
  }),
  check: (request, view) => mustBeRefused(request, view, 'a queue of another Region', 'any'),
});
