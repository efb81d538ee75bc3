/** AWS, kafka-on-failure-destination.html. */

import { settingsAsked } from '../../engine/mappingSettings.ts';
import { asObject, recordIn } from '../../engine/record.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import type { ControlRequest, Delivery, View } from '../../engine/view.ts';
import { mustBeRefused } from '../limits/answers.ts';
import { asking, CREATE } from '../limits/asking.ts';
import { textIn } from '../limits/naming.ts';
import { kafkaMappings } from './subjects.ts';

const PAGE = guide('kafka-on-failure-destination');

type Subject = ControlRequest | Delivery;

const isRequest = (subject: Subject): subject is ControlRequest => 'requested' in subject;

/** Creations with a topic of Kafka as destination, and what arrived at such topics. */
const topicDestinations = (view: View): readonly Subject[] => {
  const asked = withTopics(view);
  const mappings = kafkaMappings(view);
  if (mappings.length === 0) return asked;
  const arrived = mappings.flatMap(({ failures }) =>
    failures.filter(({ resource }) => resource.startsWith('kafka:')),
  );
  return [...asked, ...arrived];
};

const withTopics = asking(CREATE, ({ step }) => destinationOf(step.input)?.startsWith('kafka:') === true);

const destinationOf = (input: ControlRequest['step']['input']): string | undefined =>
  textIn(asObject(input['DestinationConfig'])?.['OnFailure'], 'Destination');

/** Why a topic cannot be the destination of the mapping that is asked for; undefined where nothing speaks against it. */
function misfit(input: ControlRequest['step']['input'], view: View): string | undefined {
  const destination = destinationOf(input) ?? '';
  const asked = settingsAsked(input);
  if (asked === undefined || !asked.source.startsWith('kafka:')) return 'a source that is no topic of Kafka';
  if (asked.source === destination) return 'the topic itself';
  const topics = view.history.scenario.kafkaTopics ?? [];
  const clusterOf = (ref: string) => topics.find(({ name }) => `kafka:${name}` === ref)?.on;
  const cluster = clusterOf(destination);
  if (cluster !== undefined && cluster !== clusterOf(asked.source)) return 'a topic of another cluster';
  return asked.provisioned === null ? 'a topic, in on-demand mode' : undefined;
}

export const dst01 = defineRule<Subject>({
  id: 'KAF-DST-01',
  level: 'MUST',
  invariant:
    'A topic as on-failure destination is another one of the same cluster, in provisioned mode, and gets records with metadata.',
  sources: [PAGE],
  needs: ['kafka'],
  isOfRequests: true,
  subjects: topicDestinations,
  check: (subject, view) => {
    if (!isRequest(subject)) return hasMetadata(subject);
    const fault = misfit(subject.step.input, view);
    return fault === undefined
      ? undefined
      : mustBeRefused(subject, view, `${fault} as on-failure destination`);
  },
});

function hasMetadata({ entry, resource }: Delivery) {
  const body = entry.kind === 'delivered' ? asObject(entry.body) : undefined;
  const isTold = asObject(body?.['requestContext'])?.['condition'] !== undefined;
  if (isTold) return undefined;
  return {
    expected: `failure metadata with what arrives at ${resource}`,
    observed: 'no requestContext',
    entries: [entry],
  };
}

const NO_DELIVERIES: readonly Delivery[] = [];

export const dst02 = defineRule({
  id: 'KAF-DST-02',
  level: 'MAY',
  invariant: 'The condition of a failure record of Kafka.',
  sources: [PAGE],
  needs: ['kafka', 'destinations'],
  isContradictory: true,
  note: 'The page on Kafka says RetriesExhausted where those on streams say RetryAttemptsExhausted.',
  subjects: (view) => {
    const mappings = kafkaMappings(view);
    return mappings.length === 0 ? NO_DELIVERIES : mappings.flatMap(({ failures }) => failures);
  },
  observe: ({ entry, resource }) => {
    const body = entry.kind === 'delivered' ? recordIn(resource, entry.body) : undefined;
    return String(asObject(body?.['requestContext'])?.['condition'] ?? 'no condition');
  },
});
