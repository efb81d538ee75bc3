// For servers that listen on all interfaces and have no option for it: on 127.0.0.1. To be loaded with --require.
'use strict';
const { Server } = require('node:net');

const { listen } = Server.prototype;
Server.prototype.listen = function listenLocally(...args) {
  const [port, host] = args;
  if (typeof port === 'number' && typeof host !== 'string') args.splice(1, 0, '127.0.0.1');
  return listen.apply(this, args);
};
