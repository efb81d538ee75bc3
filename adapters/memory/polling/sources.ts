/** The sources of a scenario, by reference. */
import type { Scenario } from '../../../engine/scenario.ts';
import type { Source } from './source.ts';

/** All sources that the scenario declares; a queue is one, whether a mapping reads it or not. */
export function sourcesOf(_scenario: Scenario): Map<string, Source> {
  return new Map();
}
