import { type EmulatorProfile, runsAsProcess } from './emulator.ts';

/** moto: mocks of many AWS services in one Python process. Its functions run in Docker alone. */
export const MOTO: EmulatorProfile = {
  name: 'moto',
  homepage: 'https://docs.getmoto.org/',
  version: '5.2.5',
  python: { requirement: 'moto[server]==5.2.5', command: 'moto_server' },
  args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
  healthPath: '/moto-api/',
  // Without Docker no handler runs: what is left is what functions and mappings are told to be, and what is refused.
  lacks: { invoke: 'functions run in Docker alone' },
  tolerances: {
    // One process that holds its state in memory: what is answered is in force.
    settleSeconds: 0.1,
    mappingSettleSeconds: 0.1,
  },
  // Requests take it a few milliseconds each, and it has a thread for each.
  jobs: 32,
};

export const moto = runsAsProcess(MOTO);
