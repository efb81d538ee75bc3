/** Emulators that serve Invoke for functions which were declared before they started, and have no control plane. */
import type { Capability } from '../../engine/capabilities.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { ProcessSpec } from '../emulators/process.ts';

/** A function with the probe, as the server is to know it. */
export interface DeclaredFunction {
  /** What it is called in calls. */
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Variables of its environment, for the probe. */
  readonly environment: Readonly<Record<string, string>>;
}

/** So many functions of each of these timeouts. */
export interface SharedFunctions {
  readonly timeoutsSeconds: readonly number[];
  readonly ofEach: number;
}

export interface DeclaredProfile {
  readonly name: string;
  readonly homepage: string;
  readonly version: string;
  readonly capabilities: readonly Capability[];
  /** Each one that differs from AWS's with its reason beside it. */
  readonly tolerances: Partial<Tolerances>;
  /** Scenarios side by side. */
  readonly jobs: number;
  /**
   * With which functions a server starts: `each` scenario has a server of its own, with its one function; or scenarios
   * share one that has so many functions of each timeout, until these are used up.
   */
  readonly functions: 'each' | SharedFunctions;
  /**
   * Each function is called once before its scenario begins: for servers that count the start of an environment to the
   * timeout of its first call, so that on a busy machine nothing else would be seen of them.
   */
  readonly warms?: true;
  /** Installs what it needs, where it is not there yet. Returns the folder. */
  install(folder: string): Promise<string>;
  /** How to start it on a port of 127.0.0.1 with these functions. */
  server(home: string, port: number, functions: readonly DeclaredFunction[]): Promise<ProcessSpec>;
}
