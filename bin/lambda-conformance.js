#!/usr/bin/env -S node --max-semi-space-size=32
// Room for young objects: a simulated campaign makes millions that live for microseconds (7 % faster, `npm run bench`).
// Plain JavaScript that every Node understands: it says so where the Node is too old, and starts the command.
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isAtLeast = (wantedMajor, wantedMinor) =>
  major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);

// A clone runs its TypeScript as it is, the package is compiled.
const source = new URL('../cli/main.ts', import.meta.url);
const isClone = existsSync(source);

if (isClone && !isAtLeast(22, 18)) {
  refuse(
    'A clone of lambda-conformance needs Node 22.18 or newer',
    'run it as `npx lambda-conformance` after `npm ci`, which brings a newer one',
  );
} else if (!isAtLeast(22, 12)) {
  refuse('lambda-conformance needs Node 22.12 or newer', 'install a newer one');
} else {
  const { main } = await import(isClone ? source.href : '../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
}

function refuse(need, remedy) {
  console.error(`${need}, and this is ${process.versions.node}: ${remedy}.`);
  process.exitCode = 2;
}
