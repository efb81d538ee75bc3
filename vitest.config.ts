import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.{test,spec}.ts'],
    exclude: ['**/node_modules/**', 'dist', '.conformance'],
    // Cases on a real clock wait most of their time; vitest's own limit of 5 at once would queue them.
    maxConcurrency: 64,
    // Files that drive an emulator wait most of their time, and vitest would leave one of two cores idle.
    maxWorkers: 2,
    // Tests that run campaigns take seconds where others take milliseconds, and more of them on a busy machine.
    testTimeout: 60_000,
  },
});
