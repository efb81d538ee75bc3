import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['library/testing/heldAgainst.ts'] } });
