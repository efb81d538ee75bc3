/** Installs something that takes half a second, as a process of its own: `install.ts FOLDER`. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installedOnce } from '../installing.ts';

const [folder = '.'] = process.argv.slice(2);
const home = await installedOnce(folder, 'tool-1.0', async (made) => {
  appendFileSync(join(folder, 'log'), 'begun\n');
  await pause(500);
  appendFileSync(join(made, 'tool'), 'here');
  appendFileSync(join(folder, 'log'), 'ended\n');
});
process.stdout.write(home);
