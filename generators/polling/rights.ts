/** Who may do what: callers, services that push, and roles that read sources and write to destinations. */
import type { FunctionSpec, Step } from '../../engine/scenario.ts';
import type { RecordSpec } from '../../engine/sourceSpec.ts';
import type { Setting } from './setting.ts';

/** Adds one of these, or several. */
export function addRights(setting: Setting): void {
  const { functions, capabilities, traits } = setting;
  if (setting.uses('strangers')) addStrangers(setting);
  if (setting.uses('pushes')) addPushes(setting);
  if (setting.uses('readers')) addReader(setting);
  if (setting.uses('writers')) addWriter(setting);
  if (functions.length > 0) return;
  // No scenario is without any.
  if (traits.has('strangers') || !capabilities.has('pushes') || pushing(setting).length === 0)
    addStrangers(setting);
  else addPushes(setting);
}

/** Calls of every type by callers that may not invoke, and one by a caller that may. */
function addStrangers(setting: Setting): void {
  const { draw, functions, steps, capabilities } = setting;
  functions.push({ name: 'vault', timeoutSeconds: 3 });
  const has = { async: capabilities.has('async'), dryRun: capabilities.has('dryRun') };
  const types = [
    'RequestResponse' as const,
    ...(has.async ? (['Event'] as const) : []),
    ...(has.dryRun ? (['DryRun'] as const) : []),
  ] as const;
  const count = draw.int(1, 4);
  for (let k = 0; k < count; k++) {
    const event = setting.nextEvent();
    const call: Step = {
      atSeconds: draw.seconds(0, 2),
      do: 'invoke',
      function: 'vault',
      type: draw.of(types),
      event,
      payload: { call: event },
      asStranger: true,
      plan: ['ok'],
    };
    if (k === 0) call.type = has.dryRun ? 'DryRun' : has.async ? 'Event' : 'RequestResponse';
    if (draw.percent(15)) delete call.type;
    if (k > 0 && draw.percent(30)) delete call.asStranger;
    steps.push(call);
  }
}

type Statement = NonNullable<FunctionSpec['policy']>[number];

/** A topic, a bus or a bucket that would invoke a function, with statements that fit, nearly fit, or none. */
function addPushes(setting: Setting): void {
  const { draw, functions, subscriptions, steps } = setting;
  const spec: FunctionSpec = { name: 'pushed', timeoutSeconds: 3 };
  const source = place(setting);
  const service = ({ topic: 'sns', bus: 'events', bucket: 's3' } as const)[
    source.slice(0, source.indexOf(':')) as 'topic' | 'bus' | 'bucket'
  ];
  const qualifier = setting.capabilities.has('versions') && draw.percent(50) ? '1' : undefined;
  if (qualifier !== undefined) spec.versions = 2;
  const fitting: Statement = qualifier === undefined ? { service, source } : { service, source, qualifier };
  const others: Statement[] = [
    { service: service === 'sns' ? 's3' : 'sns' },
    { ...fitting, source: `${source}other` },
    ...(qualifier === undefined ? [] : [{ ...fitting, qualifier: '2' }]),
  ];
  const statements = draw.of<Statement[]>([[], [fitting], ...others.map((one) => [one]), others]);
  if (statements.length > 0) spec.policy = statements;
  functions.push(spec);
  subscriptions.push({ source, function: spec.name, ...(qualifier === undefined ? {} : { qualifier }) });
  const count = draw.int(1, 2);
  for (let k = 0; k < count; k++) {
    const record = setting.nextRecord();
    const plan: RecordSpec['plan'] = draw.percent(80) || setting.isRealTime ? ['ok'] : ['throw', 'ok'];
    steps.push({ atSeconds: draw.seconds(0, 3), do: 'send', to: source, records: [{ record, plan }] });
  }
}

const PUSHING = { topic: 'topics', bus: 'buses', bucket: 'buckets' } as const;
type Pushing = keyof typeof PUSHING;

/** What can push to a function there. */
const pushing = ({ capabilities }: Setting): readonly Pushing[] =>
  (Object.keys(PUSHING) as Pushing[]).filter((kind) => capabilities.has(PUSHING[kind]));

function place(setting: Setting): string {
  const { draw, topics, buses, buckets } = setting;
  switch (draw.of(pushing(setting) as [Pushing, ...Pushing[]])) {
    case 'topic':
      topics.push({ name: 'news' });
      return 'topic:news';
    case 'bus':
      buses.push({ name: 'events' });
      return 'bus:events';
    default:
      buckets.push({ name: 'uploads' });
      return 'bucket:uploads';
  }
}

const denial = (atSeconds: number, functionName: string, resource: string, isAllowed: boolean): Step => ({
  atSeconds,
  do: 'permission',
  function: functionName,
  resource,
  isAllowed,
});

/** A mapping whose role loses the right to its source, records meanwhile, and mostly the right back. */
function addReader(setting: Setting): void {
  const { draw, functions, mappings, steps, streams } = setting;
  functions.push({ name: 'reader', timeoutSeconds: 3 });
  const { capabilities } = setting;
  const isQueue = !capabilities.has('kinesis') || (capabilities.has('sqs') && draw.percent(50));
  if (!isQueue) streams.push({ name: 'log' });
  const source = isQueue ? setting.queue({ name: 'inbox' }) : 'stream:log';
  mappings.push({
    name: 'inboxreader',
    source,
    function: 'reader',
    ...(isQueue ? {} : { startingPosition: 'TRIM_HORIZON' as const }),
  });
  const send = (atSeconds: number): Step => ({
    atSeconds,
    do: 'send',
    to: source,
    records: [{ record: setting.nextRecord(), plan: ['ok'] }],
  });
  steps.push(send(0), denial(draw.seconds(1, 3), 'reader', source, false), send(150));
  if (capabilities.has('controlPlane') && draw.percent(40)) {
    functions.push({ name: 'second', timeoutSeconds: 3 });
    steps.push(denial(1, 'second', source, false), mappingOf(source, 160));
  }
  if (draw.percent(70)) steps.push(denial(200, 'reader', source, true));
  if (draw.percent(50)) steps.push(send(400));
}

/** A mapping asked for while the role of its function may not read. */
const mappingOf = (source: string, atSeconds: number): Step => ({
  atSeconds,
  do: 'request',
  operation: 'CreateEventSourceMapping',
  input: {
    FunctionName: 'second',
    EventSourceArn: source,
    ...(source.startsWith('stream:') ? { StartingPosition: 'TRIM_HORIZON' } : {}),
  },
  mapping: 'second',
});

/** A function whose role loses the right to its destinations, and events meanwhile. */
function addWriter(setting: Setting): void {
  const { draw, functions, steps, capabilities } = setting;
  const writer: FunctionSpec = { name: 'writer', timeoutSeconds: 3 };
  const resources: string[] = [];
  if (capabilities.has('destinations')) {
    const onSuccess = setting.queue({ name: 'wdone' });
    const onFailure = setting.queue({ name: 'wfailed' });
    const maximumRetryAttempts = draw.int(0, 1);
    writer.eventInvoke = [{ qualifier: '$LATEST', maximumRetryAttempts, onSuccess, onFailure }];
    resources.push(onSuccess, onFailure);
  }
  if (capabilities.has('deadLetter')) {
    writer.deadLetter = setting.queue({ name: 'wdead' });
    resources.push(writer.deadLetter);
  }
  functions.push(writer);
  for (const resource of resources) if (draw.percent(60)) steps.push(denial(0, 'writer', resource, false));
  const count = draw.int(1, 3);
  for (let k = 0; k < count; k++) {
    const event = setting.nextEvent();
    steps.push({
      atSeconds: 150 + k,
      do: 'invoke',
      function: 'writer',
      type: 'Event',
      event,
      payload: { call: event },
      plan: [draw.of(['ok', 'throw'])],
    });
  }
}
