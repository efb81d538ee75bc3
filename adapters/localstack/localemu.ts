import type { Profile } from '../emulators/emulator.ts';
import { pythonTool } from '../emulators/pythonTool.ts';
import { findPython } from './install.ts';
import { LOCALSTACK, opensFork } from './localstack.ts';
import { type Fork, startAsProcess } from './plainProcess.ts';

/**
 * localemu, a fork of LocalStack: its queues, its pollers and the variables for them are the same, and what it lacks.
 * Seen: a second attempt after 1.4 s, a third one 3 s later; messages and records in a handler after 0.07 to 1.1 s;
 * streams tried again after 0.7 to 1 s; of events sent within a second of an update of their function some that come
 * after a minute. A mapping is Enabled only a second after it was made, which the driver awaits.
 */
export const LOCALEMU: Profile = {
  ...LOCALSTACK,
  name: 'localemu',
  homepage: 'https://github.com/localemu/localemu',
  version: '1.3.2',
};

/** How localemu is installed: it brings all that it starts. */
export const PLAIN_LOCALEMU: Fork = {
  name: 'localemu',
  title: 'localemu',
  install: async (folder) => ({
    python: await pythonTool(`localemu==${LOCALEMU.version}`, 'python', folder, await findPython()),
    lacks: {},
  }),
};

/**
 * Opens localemu: the one at the endpoint that is chosen, or one that we start.
 * @throws TargetError with what to do, where it cannot be reached, installed or started
 */
export const localemu = opensFork(LOCALEMU, (folder) => startAsProcess(PLAIN_LOCALEMU, folder));
