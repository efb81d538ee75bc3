import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceKind } from './names.ts';

export const JOURNAL_FOLDER = '.conformance';

/** One line of a journal: a resource that is about to be made, or is gone. */
export interface JournalLine {
  readonly do: 'open' | 'make' | 'gone';
  readonly kind?: ResourceKind;
  readonly name?: string;
  /** Of the first line: where the run makes its resources. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly pid?: number;
  /** The target is a child of the run and dies with it, and all resources with the target. */
  readonly isOurs?: boolean;
}

/**
 * The list of what a run has made, on disk before it is made: whoever kills the run can still clean up. Lines
 * are written synchronously; there are few of them.
 */
export class Journal {
  readonly path: string;
  readonly #open = new Map<string, ResourceKind>();

  private constructor(path: string) {
    this.path = path;
  }

  /** The journal of a new run. */
  static begin(
    run: string,
    endpoint: { readonly url?: string; readonly region?: string; readonly isOurs?: boolean },
    folder = JOURNAL_FOLDER,
  ): Journal {
    mkdirSync(folder, { recursive: true });
    const journal = new Journal(join(folder, `journal-${run}.jsonl`));
    journal.#write({
      do: 'open',
      pid: process.pid,
      ...(endpoint.isOurs === true ? { isOurs: true } : {}),
      ...(endpoint.url === undefined ? {} : { endpoint: endpoint.url }),
      ...(endpoint.region === undefined ? {} : { region: endpoint.region }),
    });
    return journal;
  }

  /** The journal of a run that was killed, to go on with its removals. */
  static reopen(path: string, resources: Leftovers['resources']): Journal {
    const journal = new Journal(path);
    for (const { kind, name } of resources) journal.#open.set(`${kind} ${name}`, kind);
    return journal;
  }

  /** To be called before the resource is made. */
  make(kind: ResourceKind, name: string): void {
    this.#open.set(`${kind} ${name}`, kind);
    this.#write({ do: 'make', kind, name });
  }

  gone(kind: ResourceKind, name: string): void {
    this.#open.delete(`${kind} ${name}`);
    this.#write({ do: 'gone', kind, name });
  }

  /** Whether it was made and is not known to be gone. */
  has(kind: ResourceKind, name: string): boolean {
    return this.#open.has(`${kind} ${name}`);
  }

  /** What was made and is not known to be gone, the latest first. */
  remaining(): { kind: ResourceKind; name: string }[] {
    return [...this.#open].map(([key, kind]) => ({ kind, name: key.slice(kind.length + 1) })).reverse();
  }

  /** Removes the file, if nothing remains. */
  finish(): void {
    if (this.#open.size === 0) rmSync(this.path, { force: true });
  }

  /** Removes the file, whatever is in it: all of it is known to be gone. */
  discard(): void {
    rmSync(this.path, { force: true });
  }

  #write(line: JournalLine): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }
}

/** What a journal file says is left, and where. A last line that a kill cut short is passed over. */
export interface Leftovers {
  readonly path: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly pid?: number;
  readonly isOurs?: boolean;
  readonly resources: readonly { readonly kind: ResourceKind; readonly name: string }[];
}

/** Reads one journal file. */
export function readJournal(path: string): Leftovers {
  let first: JournalLine | undefined;
  const open = new Map<string, { kind: ResourceKind; name: string }>();
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    const line = parseLine(text);
    if (line === undefined) continue;
    if (line.do === 'open') first = line;
    if (line.kind === undefined || line.name === undefined) continue;
    const key = `${line.kind} ${line.name}`;
    if (line.do === 'make') open.set(key, { kind: line.kind, name: line.name });
    if (line.do === 'gone') open.delete(key);
  }
  return {
    path,
    ...(first?.endpoint === undefined ? {} : { endpoint: first.endpoint }),
    ...(first?.region === undefined ? {} : { region: first.region }),
    ...(first?.pid === undefined ? {} : { pid: first.pid }),
    ...(first?.isOurs === true ? { isOurs: true } : {}),
    resources: [...open.values()].reverse(),
  };
}

/** The journal files of a folder. */
export function journalFiles(folder = JOURNAL_FOLDER): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^journal-.*\.jsonl$/.test(file))
    .map((file) => join(folder, file));
}

function parseLine(text: string): JournalLine | undefined {
  try {
    return text === '' ? undefined : (JSON.parse(text) as JournalLine);
  } catch {
    return undefined;
  }
}
