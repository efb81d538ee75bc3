/** AWS, with-msk.html and with-mq.html: the event that the function is given. */
import { isFiller, type Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import { engineOf, kafkaBatches, mqBatches } from './subjects.ts';

/** A filler stands for such a text. */
const isBase64 = (value: Json | undefined): boolean =>
  isFiller(value) ||
  (typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value));

/** What is wrong with a record under `TOPIC-PARTITION`; undefined where nothing is. */
function flawOf(record: Json, key: string): string | undefined {
  const fields = asObject(record);
  if (fields === undefined) return `a record under ${key} that is no object`;
  const { topic, partition, offset, timestamp, value, headers } = fields;
  if (`${String(topic)}-${String(partition)}` !== key)
    return `a record of ${String(topic)}-${String(partition)} under ${key}`;
  if (typeof offset !== 'number') return `offset ${JSON.stringify(offset)}`;
  if (typeof timestamp !== 'number') return `timestamp ${JSON.stringify(timestamp)}`;
  if (value !== undefined && value !== null && !isBase64(value)) return 'a value that is not base64';
  if (headers !== undefined && !Array.isArray(headers)) return 'headers that are no list';
  return undefined;
}

function flawIn(payload: JsonObject | undefined): string | undefined {
  const source = payload?.['eventSource'];
  if (source !== 'aws:kafka' && source !== 'SelfManagedKafka') return `eventSource ${JSON.stringify(source)}`;
  const records = asObject(payload?.['records']);
  if (records === undefined) return 'no records';
  const topics = new Set<string>();
  for (const [key, list] of Object.entries(records)) {
    if (!Array.isArray(list)) return `no list under ${key}`;
    for (const record of list as readonly Json[]) {
      const flaw = flawOf(record, key);
      if (flaw !== undefined) return flaw;
      topics.add(String(asObject(record)?.['topic']));
    }
  }
  return topics.size > 1 ? `records of ${topics.size} topics` : undefined;
}

export const evt01 = defineRule({
  id: 'KAF-EVT-01',
  level: 'MUST',
  invariant:
    'Records are listed under "topic-partition", each with topic, partition, offset, timestamp and base64 value.',
  sources: [guide('with-msk'), api('CreateEventSourceMapping')],
  needs: ['kafka'],
  subjects: kafkaBatches,
  check: ({ started }) => {
    const observed = flawIn(asObject(started.payload));
    return observed === undefined
      ? undefined
      : { expected: 'the event of a Kafka topic', observed, entries: [started] };
  },
});

function messagesIn(
  payload: JsonObject | undefined,
  engine: 'activeMq' | 'rabbitMq',
): readonly Json[] | string {
  if (engine === 'activeMq') {
    const messages = payload?.['messages'];
    return Array.isArray(messages) ? (messages as readonly Json[]) : 'no messages';
  }
  const queues = asObject(payload?.['rmqMessagesByQueue']);
  if (queues === undefined) return 'no rmqMessagesByQueue';
  const messages: Json[] = [];
  for (const [queue, list] of Object.entries(queues)) {
    if (!queue.includes('::')) return `a queue ${queue} without its virtual host`;
    if (!Array.isArray(list)) return `no list under ${queue}`;
    messages.push(...(list as readonly Json[]));
  }
  return messages;
}

export const mqEvt01 = defineRule({
  id: 'MQ-EVT-01',
  level: 'SHOULD',
  invariant:
    'ActiveMQ’s event has messages, RabbitMQ’s rmqMessagesByQueue under "queue::vhost"; data is base64.',
  sources: [guide('with-mq')],
  needs: ['mq'],
  subjects: mqBatches,
  check: ({ started, mapping }, view) => {
    const engine = engineOf(mapping, view);
    if (engine === undefined) return { unknown: 'the queue is not declared' };
    const expected = `the event of ${engine === 'activeMq' ? 'ActiveMQ' : 'RabbitMQ'}`;
    const messages = messagesIn(asObject(started.payload), engine);
    if (typeof messages === 'string') return { expected, observed: messages, entries: [started] };
    const isData = messages.every((message) => isBase64(asObject(message)?.['data']));
    return isData ? undefined : { expected, observed: 'data that is not base64', entries: [started] };
  },
});
