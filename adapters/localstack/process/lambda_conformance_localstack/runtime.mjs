// Runs one handler for Node. Invocations come as lines of JSON, and results go as such: see environment.py.
import { existsSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const requests = new Socket({ fd: Number(process.env.LC_REQUESTS), readable: true, writable: false });
const replies = Number(process.env.LC_REPLIES);
delete process.env.LC_REQUESTS;
delete process.env.LC_REPLIES;
// Whoever made this process is gone: it must not outlive it, not even in the middle of an attempt.
requests.on('close', () => process.exit(0));

/** Written at once: an exit right after it loses nothing. */
function reply(kind, body) {
  const line = Buffer.from(`${JSON.stringify({ kind, body })}\n`);
  for (let at = 0; at < line.length; ) at += writeSync(replies, line, at);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html: type, message and trace of what was thrown. */
function errorBody(thrown) {
  const isError = thrown instanceof Error;
  return JSON.stringify({
    errorType: isError ? thrown.name : typeof thrown,
    errorMessage: isError ? thrown.message : String(thrown),
    trace: isError ? (thrown.stack ?? '').split('\n') : [],
  });
}

class RuntimeError extends Error {
  constructor(name, message, stack) {
    super(message);
    this.name = `Runtime.${name}`;
    if (stack !== undefined) this.stack = stack;
  }
}

let stage = 'init';
function die(thrown) {
  console.error(thrown);
  if (stage === 'init') reply('initError', errorBody(thrown));
  if (stage === 'attempt') reply('fatal', errorBody(thrown));
  process.exit(1);
}
process.on('uncaughtException', die);
process.on('unhandledRejection', (reason) => {
  const isError = reason instanceof Error;
  const message = isError ? `${reason.name}: ${reason.message}` : String(reason);
  die(new RuntimeError('UnhandledPromiseRejection', message, isError ? reason.stack : undefined));
});

async function loadHandler() {
  const name = process.env._HANDLER ?? '';
  const dot = name.lastIndexOf('.');
  const [module, exported] = [name.slice(0, dot), name.slice(dot + 1)];
  const file = ['.js', '.mjs', '.cjs']
    .map((ending) => join(process.env.LAMBDA_TASK_ROOT, module + ending))
    .find((path) => existsSync(path));
  if (file === undefined)
    throw new RuntimeError('ImportModuleError', `Error: Cannot find module '${module}'`);
  // A .js file is what its package.json says: import knows, and takes CommonJS too.
  const loaded = file.endsWith('.cjs') ? createRequire(file)(file) : await import(pathToFileURL(file).href);
  const handler = loaded[exported] ?? loaded.default?.[exported];
  if (typeof handler !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${name} is undefined or not exported`);
  }
  return handler;
}

const contextOf = ({ requestId, arn, deadlineMs }) => ({
  awsRequestId: requestId,
  invokedFunctionArn: arn,
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => deadlineMs - Date.now(),
});

async function attempt(handler, request) {
  process.env._X_AMZN_TRACE_ID = request.traceId;
  stage = 'attempt';
  let outcome;
  try {
    const result = await handler(JSON.parse(request.event), contextOf(request));
    outcome = ['result', JSON.stringify(result) ?? 'null'];
  } catch (thrown) {
    console.error(thrown);
    outcome = ['error', errorBody(thrown)];
  }
  stage = 'idle';
  reply(...outcome);
}

try {
  const handler = await loadHandler();
  stage = 'idle';
  reply('ready', '');
  createInterface({ input: requests }).on('line', (line) => void attempt(handler, JSON.parse(line)));
} catch (thrown) {
  die(thrown);
}
