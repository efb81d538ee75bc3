// The function under test. It does nothing of its own: at each invocation it asks the collector what to do and
// tells it what it is about to do. One file, no dependencies, CommonJS, so that any Node runtime can load it.
'use strict';
const http = require('node:http');
const { randomBytes } = require('node:crypto');

const collector = new URL(process.env.LC_COLLECTOR);
const environment = randomBytes(4).toString('hex');
// One connection, kept alive; more only if a target lets one environment serve two invocations at once.
const agent = new http.Agent({ keepAlive: true });

/** Posts `body` and answers with what came back. A connection that broke while idle is opened once more. */
function tell(path, body, mayRepeat = true) {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const url = { hostname: collector.hostname, port: collector.port, path: collector.pathname + path };
    const request = http.request({ ...url, method: 'POST', agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        resolve(answer === '' ? {} : JSON.parse(answer));
      });
      response.on('error', reject);
    });
    request.on('error', (error) => {
      if (mayRepeat && request.reusedSocket) tell(path, body, false).then(resolve, reject);
      else reject(error);
    });
    request.end(text);
  });
}

// Strings that are only `x` stand for large payloads: they are not sent to and fro (adapters/aws/fillers.ts).
const FILLER_FROM_BYTES = 1000;
const isRunOfX = (text) => text.length + 2 >= FILLER_FROM_BYTES && text === 'x'.repeat(text.length);

/** A copy of a JSON value with `change` applied to each value within, from the outside in. */
function mapJson(value, change) {
  const changed = change(value);
  if (changed !== value || typeof value !== 'object' || value === null) return changed;
  if (Array.isArray(value)) return value.map((item) => mapJson(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapJson(item, change)]));
}
const isQuotedRunOfX = (text) => text.startsWith('"x') && text.endsWith('"') && isRunOfX(text.slice(1, -1));
/** Bytes of the JSON text of a string that is a filler, as JSON text itself, or in base64. */
function fillerBytes(text) {
  if (isRunOfX(text)) return text.length + 2;
  if (isQuotedRunOfX(text)) return text.length + 4;
  const isData = text.length >= FILLER_FROM_BYTES && text.startsWith('Inh4eHh4');
  return isData && isQuotedRunOfX(Buffer.from(text, 'base64').toString()) ? text.length + 2 : undefined;
}
function contract(value) {
  const bytes = typeof value === 'string' ? fillerBytes(value) : undefined;
  return bytes === undefined ? value : { $filler: bytes };
}
const expand = (value) =>
  typeof value === 'object' && value !== null && typeof value.$filler === 'number'
    ? 'x'.repeat(Math.max(0, value.$filler - 2))
    : value;

const seconds = (count) => new Promise((resolve) => setTimeout(resolve, count * 1000));

exports.handler = async (event, context) => {
  const enteredAt = performance.now();
  const end = (attempt, outcome) =>
    tell('/ended', { attempt, outcome, elapsedSeconds: (performance.now() - enteredAt) / 1000 });
  const order = await tell('/started', {
    function: process.env.LC_FUNCTION,
    requestId: context.awsRequestId,
    version: context.functionVersion,
    arn: context.invokedFunctionArn,
    environment,
    payload: event === undefined ? null : mapJson(event, contract),
    clientContext: context.clientContext,
  });
  if (order.logBytes > 0) console.log('l'.repeat(order.logBytes));
  if (order.afterSeconds > 0) await seconds(order.afterSeconds);
  if (order.outcome === 'timeout') {
    // Here the platform ends the attempt. Whoever gets past this line was not stopped in time.
    await end(order.attempt, 'ok');
    return 'this attempt outlived its timeout';
  }
  await end(order.attempt, order.outcome);
  switch (order.outcome) {
    case 'ok':
      return order.returnsEvent ? event : mapJson(order.value, expand);
    case 'nothing':
      return undefined;
    case 'throw':
      throw new Error(order.message);
    case 'exit':
      return process.exit(1);
    case 'oversize':
      return 'x'.repeat(order.oversizeBytes);
    case 'unserializable':
      return BigInt(1);
    default:
      throw new Error(`the collector asked for "${order.outcome}", which this probe does not know`);
  }
};
