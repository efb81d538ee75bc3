import type { Json } from '../../engine/json.ts';

/** All that a run makes begins with this: what a user may delete without a thought. */
export const PREFIX = 'lc-';

export type ResourceKind =
  | 'queue'
  | 'topic'
  | 'bus'
  | 'bucket'
  | 'stream'
  | 'table'
  | 'function'
  | 'rule'
  | 'role'
  // All mappings of a function: a mapping has a UUID, which nobody knows before it is made, and no name.
  | 'mapping';

/** Names for the resources of one run: `lc-7f3a9c-fn00012`. All of one length, so that none begins another. */
export class Namer {
  readonly run: string;
  #count = 0;
  constructor(run: string) {
    this.run = run;
  }
  next(kind: Exclude<ResourceKind, 'mapping'>): string {
    const short = {
      queue: 'qu',
      topic: 'to',
      bus: 'bu',
      bucket: 'bk',
      stream: 'st',
      table: 'ta',
      function: 'fn',
      rule: 'ru',
      role: 'ro',
    };
    return `${PREFIX}${this.run}-${short[kind]}${String(++this.#count).padStart(6, '0')}`;
  }
}

/** A resource of a scenario and what it is called on the target. */
export interface Alias {
  /** The scenario's word: `queue:failed`, `function:f`. */
  readonly ref: string;
  readonly realName: string;
  /** A table's is its stream's; a mapping has its UUID in its place. */
  readonly arn: string;
  /** Of a queue. */
  readonly url?: string;
}

/** Puts the target's names in place of a scenario's, and back again. */
export class Renaming {
  readonly #byRef = new Map<string, Alias>();
  readonly #byArn = new Map<string, string>();
  readonly #functions: { readonly name: string; readonly realName: string }[] = [];
  /** How a function's name begins that the scenario does not declare. */
  readonly strangerPrefix: string;

  constructor(aliases: readonly Alias[], strangerPrefix: string) {
    this.strangerPrefix = strangerPrefix;
    for (const alias of aliases) this.add(alias);
  }

  /** One more that is known from now on. */
  add(alias: Alias): void {
    this.#byRef.set(alias.ref, alias);
    if (alias.ref.startsWith('function:')) {
      this.#functions.push({ name: alias.ref.slice('function:'.length), realName: alias.realName });
      return;
    }
    if (alias.arn !== '') this.#byArn.set(alias.arn, alias.ref);
    if (alias.url !== undefined) this.#byArn.set(alias.url, alias.ref);
  }

  get(ref: string): Alias | undefined {
    return this.#byRef.get(ref);
  }

  /** The target's name for a function; one that is not declared gets a name that nothing has. */
  functionName(name: string): string {
    return this.#byRef.get(`function:${name}`)?.realName ?? `${this.strangerPrefix}${name}`;
  }

  /** The input of a request, with the target's names: `FunctionName`, and any string that is a reference. */
  toTarget(input: Json, key?: string): Json {
    if (typeof input === 'string') return this.#textToTarget(input, key);
    if (typeof input !== 'object' || input === null) return input;
    if (Array.isArray(input)) return input.map((item: Json) => this.toTarget(item));
    return Object.fromEntries(Object.entries(input).map(([k, item]) => [k, this.toTarget(item, k)]));
  }

  #textToTarget(text: string, key: string | undefined): string {
    // A name that is no name (empty, with blanks) is meant so: it goes out as it is.
    if (key === 'FunctionName' && /^[a-z][a-z0-9-]{0,30}$/.test(text)) return this.functionName(text);
    if (key === 'FunctionName' && /^[a-z][a-z0-9-]{31,}$/.test(text)) return this.#longName(text);
    const named = key === 'FunctionName' ? /^([a-z][a-z0-9-]{0,30}):([A-Za-z0-9$_-]+)$/.exec(text) : null;
    if (named?.[1] !== undefined) return `${this.functionName(named[1])}:${named[2]}`;
    if (key === 'QueueName' && /^[A-Za-z0-9_-]{1,40}(\.fifo)?$/.test(text)) return this.strangerPrefix + text;
    const exact = this.#byRef.get(text);
    if (exact !== undefined) return key === 'QueueUrl' ? (exact.url ?? exact.arn) : exact.arn;
    const stranger = /^queue:([a-z][a-z0-9-]{0,30})$/.exec(text)?.[1];
    if (stranger !== undefined) return this.#queueOfNobody(stranger, key);
    const [, kind = '', nobody = ''] = /^(function|stream|table):([a-z][a-z0-9-]{0,30})$/.exec(text) ?? [];
    if (nobody !== '' && key !== 'FunctionName') return this.#arnOfNobody(kind, nobody);
    const qualified = /^(function:[a-z][a-z0-9-]{0,30}):([A-Za-z0-9$_-]+)$/.exec(text);
    const target = qualified?.[1] === undefined ? undefined : this.#byRef.get(qualified[1]);
    return target === undefined ? text : `${target.arn}:${qualified?.[2]}`;
  }

  /** A queue that is declared nowhere: a name that nothing has, in the account and Region of those that are. */
  #queueOfNobody(name: string, key: string | undefined): string {
    const realName = this.strangerPrefix + name;
    for (const { arn, url } of this.#byRef.values()) {
      if (key === 'QueueUrl') {
        if (url !== undefined) return url.slice(0, url.lastIndexOf('/') + 1) + realName;
        continue;
      }
      const [, partition, , region, account] = arn.split(':');
      if (account !== undefined && account !== '')
        return `arn:${partition}:sqs:${region}:${account}:${realName}`;
    }
    return `arn:aws:sqs:us-east-1:000000000000:${realName}`;
  }

  /** A function, stream or table that is declared nowhere: the same, in the account and Region of the functions. */
  #arnOfNobody(kind: string, name: string): string {
    const realName = this.strangerPrefix + name;
    const { arn = '' } = this.#functionAlias() ?? {};
    const [, partition = 'aws', , region = 'us-east-1', account = '000000000000'] = arn.split(':');
    const [service, resource] =
      kind === 'function'
        ? ['lambda', `function:${realName}`]
        : kind === 'stream'
          ? ['kinesis', `stream/${realName}`]
          : ['dynamodb', `table/${realName}/stream/2025-01-01T00:00:00.000`];
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }

  #functionAlias(): Alias | undefined {
    const [first] = this.#functions;
    return first === undefined ? undefined : this.#byRef.get(`function:${first.name}`);
  }

  /**
   * A name longer than any that a scenario declares: of its length, and of this scenario all the same, so that no
   * other run finds it taken and what is made under it can be told and removed.
   */
  #longName(text: string): string {
    return this.strangerPrefix + text.slice(this.strangerPrefix.length);
  }

  /** What came from the target, with the scenario's names: an ARN of a queue becomes `queue:failed`. */
  toScenario(output: Json): Json {
    if (typeof output === 'string') return this.#textToScenario(output);
    if (typeof output !== 'object' || output === null) return output;
    if (Array.isArray(output)) return output.map((item: Json) => this.toScenario(item));
    return Object.fromEntries(Object.entries(output).map(([k, item]) => [k, this.toScenario(item)]));
  }

  #textToScenario(text: string): string {
    const ref = this.#byArn.get(text);
    if (ref !== undefined) return ref;
    if (!text.includes(PREFIX)) return text;
    let renamed = text;
    for (const { name, realName } of this.#functions) renamed = renamed.replaceAll(realName, name);
    return renamed.replaceAll(this.strangerPrefix, '');
  }
}
