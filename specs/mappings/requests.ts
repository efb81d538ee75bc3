/** What is refused of a mapping, whatever its source. */
import { ANY_SOURCE, KAFKA_OR_MQ, SOME_QUEUE } from '../../engine/capabilities.ts';
import { asObject } from '../../engine/record.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { ControlRequest } from '../../engine/view.ts';
import { mustBeRefused } from '../limits/answers.ts';
import { asking, CREATE, OF_MAPPINGS } from '../limits/asking.ts';
import { kindOf, sourceOf } from '../limits/mappingRequests.ts';
import { textIn } from '../limits/naming.ts';

const destinationOf = (request: ControlRequest, side: 'OnSuccess' | 'OnFailure'): string | undefined =>
  textIn(asObject(request.step.input['DestinationConfig'])?.[side], 'Destination');

export const dest01 = defineRule({
  id: 'POLL-DEST-01',
  level: 'MUST',
  invariant: 'OnSuccess is not for mappings; OnFailure is for Kinesis, DynamoDB and Kafka only.',
  sources: [api('CreateEventSourceMapping'), guide('invocation-eventsourcemapping')],
  needs: [ANY_SOURCE, SOME_QUEUE, 'controlPlane'],
  isOfRequests: true,
  subjects: asking(OF_MAPPINGS, (request, view) => {
    if (request.step.input['DestinationConfig'] === undefined) return false;
    const kind = kindOf(request, view);
    if (kind === undefined) return false;
    return (
      destinationOf(request, 'OnSuccess') !== undefined ||
      (destinationOf(request, 'OnFailure') !== undefined && (kind === 'sqs' || kind === 'mq'))
    );
  }),
  check: (request, view) =>
    mustBeRefused(
      request,
      view,
      destinationOf(request, 'OnSuccess') === undefined
        ? `OnFailure on a source of the kind ${kindOf(request, view)}`
        : 'OnSuccess on a mapping',
    ),
});

export const dupesm01 = defineRule({
  id: 'POLL-DUPESM-01',
  level: 'SHOULD',
  invariant: 'A second mapping of the same source and function is refused.',
  sources: [api('CreateEventSourceMapping')],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  isSilent: true,
  note: 'The guide does not say; recorded from AWS is ResourceConflictException, 409.',
  subjects: asking(CREATE, (request, view) => {
    const ref = sourceOf(request, view);
    for (const mapping of view.mappings.values())
      if (
        mapping.spec !== undefined &&
        mapping.source.ref === ref &&
        mapping.function.name === request.step.input['FunctionName']
      )
        return true;
    return false;
  }),
  observe: ({ answered, rejected }) => {
    if (answered !== undefined) return 'a second mapping taken';
    return rejected?.status === 409 ? 'refused with 409' : 'refused otherwise';
  },
});

/** AWS: 14 minutes. */
const LONGEST_TIMEOUT_SECONDS = 840;

export const tmo01 = defineRule({
  id: 'POLL-TMO-01',
  level: 'MUST',
  invariant: 'Mappings of Kafka and Amazon MQ support functions with a timeout of at most 14 minutes.',
  sources: [guide('with-msk'), guide('with-mq')],
  needs: [KAFKA_OR_MQ, 'controlPlane'],
  isOfRequests: true,
  subjects: asking(CREATE, (request, view) => {
    const owner = view.functions.get(textIn(request.step.input, 'FunctionName') ?? '');
    if (owner?.timeoutSeconds.every(({ value }) => value > LONGEST_TIMEOUT_SECONDS) !== true) return false;
    const kind = kindOf(request, view);
    return kind === 'kafka' || kind === 'mq';
  }),
  check: (request, view) => mustBeRefused(request, view, 'a function with a timeout of more than 14 minutes'),
});
