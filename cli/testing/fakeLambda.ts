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
    const decline = () => {
      if (request.headers['content-type']?.includes('form-urlencoded')) {
        const error = '<Error><Code>NotImplemented</Code><Message>not here</Message></Error>';
        response
          .writeHead(501, { 'content-type': 'text/xml' })
          .end(`<ErrorResponse>${error}</ErrorResponse>`);
        return;
      }
      const headers = { 'x-amzn-errortype': 'NotImplementedException' };
      reply(501, { __type: 'NotImplementedException', message: 'not here' }, headers);
    };
    if (resource !== 'functions') return decline();
    if (request.method === 'POST' && name === '') {
      const { FunctionName, Environment } = JSON.parse(body);
      variables.set(FunctionName, Environment.Variables);
      return void reply(201, { FunctionName, State: 'Active', Version: '$LATEST' });
    }
    if (request.method === 'POST' && verb === 'invocations') {
      const what = fate(++invocations);
      if (what === 'hang') return;
      if (what === 'die') return silenced(server);
      const requestId = randomUUID();
      const isAsync = request.headers['x-amz-invocation-type'] === 'Event';
      const running = runProbe(variables.get(name) ?? {}, requestId, body);
      if (!isAsync) await running;
      reply(isAsync ? 202 : 200, body === '' ? {} : JSON.parse(body), { 'x-amzn-requestid': requestId });
      return;
    }
    if (request.method === 'GET')
      return void reply(200, { Functions: [], Configuration: { State: 'Active' } });
    if (request.method === 'DELETE' && verb === undefined) return void response.writeHead(204).end();
    decline();
  }

  return { url, invocations: () => invocations, close: () => silenced(server) };
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
