/** What can happen on the virtual clock, and to what. */
import type { Entry } from '../../engine/history.ts';
import type { Attempt } from './attempt.ts';
import type { Dispatch } from './dispatch.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation } from './invocation.ts';
import type { Turn } from './polling/source.ts';

export interface Subjects {
  /** A step of the scenario begins: its index. */
  step: number;
  /** A call reaches Lambda. */
  arrive: Invocation;
  /** An answer reaches the caller of Invoke. */
  answer: Answering;
  /** The caller of Invoke hangs up. */
  hangUp: Invocation;
  /** A control-plane request reaches Lambda: the index of its step, and its call. */
  control: { readonly step: number; readonly call: string };
  /** The answer of the control plane is there. */
  controlled: Entry;
  /** The environment is initialised: the handler is entered. */
  enter: Attempt;
  /** The handler comes to its end, or is stopped. */
  end: Attempt;
  /** The queue looks at an event. */
  poll: Invocation;
  /** An event runs once more than it should. */
  repeat: Attempt;
  /** A record or dead letter reaches its resource. */
  deliver: Dispatch;
  /** A changed reserve binds. */
  bind: FunctionRuntime;
  /** GetFunction is asked for the state of a new function. */
  look: FunctionRuntime;
  /** A new function becomes active. */
  activate: FunctionRuntime;
  /** A resource is deleted. */
  remove: string;
  /** A step that concerns a source reaches it: the index of the step. */
  source: number;
  /** A poller, or what it waits for, has its turn. */
  turn: Turn;
}

/** An answer on its way to the caller of an invocation. */
export interface Answering {
  readonly invocation: Invocation;
  readonly entry: Entry;
}

export type Happening = {
  [What in keyof Subjects]: {
    readonly at: number;
    readonly order: number;
    readonly what: What;
    readonly subject: Subjects[What];
  };
}[keyof Subjects];
