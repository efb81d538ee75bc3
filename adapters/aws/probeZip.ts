import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';

let zip: Uint8Array | undefined;

/** The probe as a deployment package: the same bytes at each call, so that targets may cache them. */
export function probeZip(): Uint8Array {
  if (zip === undefined) {
    const source = readFileSync(new URL('./probe/probe.cjs', import.meta.url));
    // `index.js` without a package.json is CommonJS, which each Node runtime loads. 1980: zip's first year.
    zip = zipSync({ 'index.js': source }, { mtime: new Date(1980, 0, 1) });
  }
  return zip;
}

/** What the function is created with to run the probe. */
export const PROBE_HANDLER = 'index.handler';
