/** The least that passes for Lambda's API: functions that run the probe's dialogue, once, and answer their event. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serving, silenced } from './spawned.ts';

export interface FakeLambda {
  readonly url: string;
  /** Invocations so far. */
  readonly invocations: () => number;
  readonly close: () => Promise<void>;
}

/**
 * Starts it on a free port.
 * @param fate what becomes of the k-th invocation, from 1: it is run, never answered, or the whole server dies
 */
export async function fakeLambda(
  fate: (k: number) => 'run' | 'hang' | 'die' = () => 'run',
): Promise<FakeLambda> {
  const variables = new Map<string, Record<string, string>>();
  let invocations = 0;
  const { url, server } = await serving((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const [, , resource, name = '', verb] = (request.url ?? '').split(/[/?]/);
    const reply = (status: number, value: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(value));
    const decline = () => refuse(request, body, response);
    if (resource !== 'functions') return decline();
    if (request.method === 'POST' && name === '') {
      const { FunctionName, Environment } = JSON.parse(body);
      variables.set(FunctionName, Environment.Variables);
      return void reply(201, { FunctionName, State: 'Active', Version: '$LATEST' });
    }
    // What is queued would have to be watched for minutes.
    if (request.headers['x-amz-invocation-type'] === 'Event') return decline();
    if (request.method === 'POST' && verb === 'invocations') {
      if (!isJson(body)) return void reply(400, { message: 'not JSON' }, INVALID_CONTENT);
      const what = fate(++invocations);
      if (what === 'hang') return;
      if (what === 'die') return silenced(server);
      const requestId = randomUUID();
      await runProbe(variables.get(name) ?? {}, requestId, body);
      reply(200, body === '' ? {} : JSON.parse(body), { 'x-amzn-requestid': requestId });
      return;
    }
    if (request.method === 'GET')
      return void reply(200, { Functions: [], Configuration: { State: 'Active' } });
    if (request.method === 'DELETE' && verb === undefined) return void response.writeHead(204).end();
    decline();
  }

  return { url, invocations: () => invocations, close: () => silenced(server) };
}

/** Actions by which something is looked for or removed. */
const REMOVING = /[.=](Delete|Remove|GetQueueUrl|List)/;

/** Whatever else AWS offers is not there: it cannot be made, and so it is not found when it is to be removed. */
function refuse({ method, headers }: IncomingMessage, body: string, response: ServerResponse): void {
  const target = String(headers['x-amz-target'] ?? '');
  const asked = `${target} ${body.slice(0, 40)}`;
  const isRemoval = ['GET', 'DELETE'].includes(method ?? '') || REMOVING.test(asked);
  const [status, name] = isRemoval ? [404, 'ResourceNotFoundException'] : [501, 'NotImplementedException'];
  const wantsJson = target !== '' || headers['content-type']?.includes('json') === true;
  if (wantsJson) {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': name });
    response.end(JSON.stringify({ __type: name, message: 'not here' }));
    return;
  }
  const error = `<Error><Code>${name}</Code><Message>not here</Message></Error>`;
  // S3's errors stand alone, those of the older services within a response.
  const isForm = headers['content-type']?.includes('form-urlencoded') === true;
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(isForm ? `<ErrorResponse>${error}</ErrorResponse>` : error);
}

const INVALID_CONTENT = { 'x-amzn-errortype': 'InvalidRequestContentException' };

function isJson(text: string): boolean {
  try {
    return text === '' || JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

/** What the probe would tell the collector. Errors are none of ours: the collector may be gone. */
async function runProbe(variables: Record<string, string>, requestId: string, body: string): Promise<void> {
  const tell = async (path: string, value: object) => {
    const answer = await fetch(`${variables['LC_COLLECTOR']}${path}`, {
      method: 'POST',
      body: JSON.stringify(value),
    });
    return JSON.parse((await answer.text()) || '{}');
  };
  try {
    const { attempt } = await tell('/started', {
      ...{ function: variables['LC_FUNCTION'], requestId, version: '$LATEST', environment: 'one' },
      payload: body === '' ? null : JSON.parse(body),
    });
    await tell('/ended', { attempt, outcome: 'ok' });
  } catch {
    // Nobody listens any more.
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
