import { fromEnvironment } from '../library/environment.ts';
import { conformance } from '../library/vitest.ts';
import { concurrencyRules } from './concurrency/index.ts';

conformance({ ...fromEnvironment(), rules: concurrencyRules });
