import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../engine/json.ts';
import type { Outcome } from '../../engine/scenario.ts';

/** What the probe says when its handler is entered. */
export interface StartedReport {
  /** The target's name for the function, from the probe's own environment variable. */
  readonly function: string;
  readonly requestId?: string;
  readonly version?: string;
  readonly arn?: string;
  readonly environment: string;
  readonly payload: Json;
  readonly clientContext?: Json;
}

/** What the probe is told to do with this attempt. */
export interface Order {
  readonly attempt: string;
  readonly outcome: Outcome;
  readonly afterSeconds?: number;
  readonly logBytes?: number;
  readonly message?: string;
  readonly value?: Json;
  readonly returnsEvent?: true;
  readonly oversizeBytes?: number;
}

export interface EndedReport {
  readonly attempt: string;
  readonly outcome: Outcome;
  /** Since the handler was entered, by its own clock. */
  readonly elapsedSeconds?: number;
}

/** Who is asked about the attempts of a function. What these throw ends the process: nobody else could tell of it. */
export interface Attendant {
  /** May take its time: the handler waits for what it is to do. */
  started(report: StartedReport): Order | Promise<Order>;
  ended(report: EndedReport): void;
}

const IDLE_ORDER: Order = { attempt: '', outcome: 'ok', returnsEvent: true };

/**
 * The local HTTP server that probes talk to. Each function has one attendant at a time; attempts of a function
 * that nobody attends to are told to return at once, and are not recorded.
 */
export class Collector {
  readonly #server: Server;
  readonly #attendants = new Map<string, Attendant>();
  /** Whom the end of an attempt is to be told to: an attempt may outlive the scenario that saw its start. */
  readonly #running = new Map<string, { readonly attendant: Attendant; readonly attempt: string }>();
  #count = 0;
  readonly #path: string;
  readonly #publicHost: string;

  private constructor(server: Server, run: string, publicHost: string) {
    this.#server = server;
    this.#path = `/${run}`;
    this.#publicHost = publicHost;
  }

  /**
   * Starts listening on a free port.
   * @param host the address to bind, and to give to probes unless `publicHost` says otherwise
   */
  static async start(run: string, host = '127.0.0.1', publicHost = host): Promise<Collector> {
    const server = createServer({ keepAlive: true });
    // A warm environment may be idle for as long as it likes.
    server.keepAliveTimeout = 0;
    server.requestTimeout = 0;
    server.timeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, host, resolve);
    });
    const collector = new Collector(server, run, publicHost);
    server.on('request', (request, response) => collector.#serve(request, response));
    return collector;
  }

  /** What the probe's environment variable has to say. */
  get url(): string {
    return `http://${this.#publicHost}:${(this.#server.address() as AddressInfo).port}${this.#path}`;
  }

  attend(realName: string, attendant: Attendant): void {
    this.#attendants.set(realName, attendant);
  }

  release(realName: string): void {
    const released = this.#attendants.get(realName);
    this.#attendants.delete(realName);
    for (const [token, { attendant }] of this.#running) {
      if (attendant === released) this.#running.delete(token);
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const answer = await this.#answer(request.url ?? '', Buffer.concat(chunks).toString());
      response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? {}));
    });
  }

  /** The answer to one report, or undefined for what is no report of this run. */
  async #answer(url: string, body: string): Promise<Order | Record<string, never> | undefined> {
    const report = parse(body);
    if (report === undefined) return undefined;
    if (url === `${this.#path}/started`) {
      const attendant = this.#attendants.get((report as StartedReport).function);
      if (attendant === undefined) return IDLE_ORDER;
      const order = await attendant.started(report as StartedReport);
      const token = `t${++this.#count}`;
      this.#running.set(token, { attendant, attempt: order.attempt });
      return { ...order, attempt: token };
    }
    if (url === `${this.#path}/ended`) {
      const { attempt: token, ...told } = report as EndedReport;
      const running = this.#running.get(token);
      this.#running.delete(token);
      running?.attendant.ended({ ...told, attempt: running.attempt });
      return {};
    }
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
