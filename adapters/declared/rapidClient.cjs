// Stands for the native part of AWS's runtime interface client, which takes six build tools and 90 seconds to compile:
// how it fetches an invocation and posts what became of it. All else is AWS's own code. To be loaded with --require.
'use strict';
const http = require('node:http');
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');

// AWS, runtimes-api.html: next invocation, invocation response, invocation error.
const BASE = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function send(path, method, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(BASE + path, { method, headers, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: response.headers }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

// Nobody waits for what is posted, but the next invocation must not be asked for before.
let posted = Promise.resolve();
function post(path, body, cause) {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'lambda-runtime-function-xray-error-cause': cause,
  };
  posted = send(path, 'POST', headers, body);
}

exports.next = () => posted.then(() => send('next', 'GET', {}));
exports.done = (id, body) => post(`${id}/response`, body, '');
exports.error = (id, body, cause) => post(`${id}/error`, body, cause);

const here = { url: pathToFileURL(__filename).href, format: 'commonjs', shortCircuit: true };
registerHooks({
  resolve: (name, context, next) => (name === './rapid-client.node' ? here : next(name, context)),
});
