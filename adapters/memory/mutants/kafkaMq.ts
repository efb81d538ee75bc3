/** The reference model with one thing wrong: what goes wrong with Kafka and Amazon MQ. */
import type { Mutant } from '../mutant.ts';

export const kafkaMqMutants: readonly Mutant[] = [];
