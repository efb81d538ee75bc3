/**
 * The constraints of the API's model, checked before anything else is looked at. Recorded from AWS: "1 validation
 * error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: Member must satisfy …".
 */
import type { Json } from '../../../engine/json.ts';
import { invalid, type Refused } from './answers.ts';

/** Collects what is out of range in one request. */
export class Constraints {
  private readonly violations: string[] = [];
  private isNullOnly = true;

  private add(value: Json | undefined, at: string, must: string): void {
    const shown = value === undefined || value === null ? 'null' : `'${String(value)}'`;
    if (shown !== 'null') this.isNullOnly = false;
    this.violations.push(`Value ${shown} at '${at}' failed to satisfy constraint: Member must ${must}`);
  }

  required(value: Json | undefined, at: string): this {
    if (value === undefined || value === null) this.add(value, at, 'not be null');
    return this;
  }

  range(value: Json | undefined, at: string, least: number, most = Number.POSITIVE_INFINITY): this {
    if (typeof value !== 'number') return this;
    if (value < least) this.add(value, at, `have value greater than or equal to ${least}`);
    if (value > most) this.add(value, at, `have value less than or equal to ${most}`);
    return this;
  }

  length(value: Json | undefined, at: string, most: number): this {
    if (typeof value === 'string' && value.length > most)
      this.add(value, at, `have length less than or equal to ${most}`);
    return this;
  }

  oneOf(value: Json | undefined, at: string, values: readonly string[]): this {
    if (typeof value === 'string' && !values.includes(value))
      this.add(value, at, `satisfy enum value set: [${values.join(', ')}]`);
    return this;
  }

  pattern(value: Json | undefined, at: string, pattern: RegExp): this {
    if (typeof value === 'string' && !pattern.test(value))
      this.add(value, at, `satisfy regular expression pattern: ${pattern.source}`);
    return this;
  }

  /** The refusal, where anything is out of range. `name` is the error's name for values that are there. */
  refusal(name: string): Refused | undefined {
    const count = this.violations.length;
    if (count === 0) return undefined;
    const message = `${count} validation error${count === 1 ? '' : 's'} detected: ${this.violations.join('; ')}`;
    // Recorded: a value that is missing has the other of the two names.
    return this.isNullOnly ? invalid(message) : { status: 400, error: name, message };
  }
}
