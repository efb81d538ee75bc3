// A server of declared functions for tests: the probe in its own process, one call after another. Dies on the payload
// "die", or on its k-th call where DIES_AT says so. Arguments: port, and the functions as JSON.
'use strict';
const { createServer } = require('node:http');
const { join } = require('node:path');

const [port, declared] = process.argv.slice(2);
const functions = JSON.parse(declared);
process.env.LC_COLLECTOR = functions[0].environment.LC_COLLECTOR;
const { handler } = require(join(__dirname, '../../aws/probe/probe.cjs'));
let calls = 0;

async function invoke(fn, text) {
  calls++;
  if (text.includes('die') || calls === Number(process.env.DIES_AT)) {
    console.error(`boom at call ${calls}`);
    process.exit(3);
  }
  process.env.LC_FUNCTION = fn.environment.LC_FUNCTION;
  const context = {
    awsRequestId: `r${process.pid}-${calls}`,
    functionVersion: '$LATEST',
    invokedFunctionArn: fn.name,
  };
  const result = await handler(JSON.parse(text === '' ? '{}' : text), context);
  return JSON.stringify(result === undefined ? null : result);
}

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const name = /\/functions\/([^/]+)\/invocations/.exec(request.url)?.[1];
    const fn = functions.find((each) => each.name === name);
    if (fn === undefined) return void response.writeHead(404).end();
    try {
      const body = await invoke(fn, Buffer.concat(chunks).toString());
      response.setHeader('x-amz-executed-version', '$LATEST').end(body);
    } catch (error) {
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorType: error.name, errorMessage: error.message }));
    }
  });
}).listen(Number(port), '127.0.0.1');
