// The life of the server: started when it is needed first, started again after a crash, replaced
// when the user says so. Who listens to it need not know of any of that.

import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

import { Backoff } from './backoff';
import { findBinary, type Binary } from './binary';
import { concerns, settings } from './settings';
import { fit } from './version';

/** `missing`: there is no program; `failed`: it has crashed too often. Both wait for the user. */
export type State = 'stopped' | 'starting' | 'running' | 'missing' | 'failed';

/** Does something before or instead of sending a command to the server. */
export type Interceptor = (args: unknown[], next: (args: unknown[]) => Thenable<unknown>) => Thenable<unknown>;

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<void> | undefined;
  /** Counts starts and stops: a start that has been overtaken by another of them is dropped. */
  private turn = 0;
  private current: State = 'stopped';
  private toldThatMissing = false;
  private readonly backoff = new Backoff();
  private readonly changed = new vscode.EventEmitter<State>();
  private readonly listeners = new Map<string, vscode.EventEmitter<unknown>>();
  private readonly interceptors = new Map<string, Interceptor>();

  /** It is in another state now. */
  readonly onDidChangeState = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    context.subscriptions.push(
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        void this.client?.sendNotification('doppio/didChangeTrust', { trusted: true });
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('doppio.server.path') && this.current !== 'stopped') void this.restart();
        else if (concerns(event)) {
          void this.client?.sendNotification('workspace/didChangeConfiguration', { settings: { doppio: settings() } });
        }
      }),
    );
  }

  get state(): State {
    return this.current;
  }

  /** The program that is used, or would be. */
  get binary(): Binary | undefined {
    const found = findBinary(this.context);
    return 'path' in found ? found : undefined;
  }

  /** What the running server says its version is. */
  get version(): string | undefined {
    return this.client?.initializeResult?.serverInfo?.version;
  }

  /** Starts it, unless it runs, is about to, or cannot. */
  async start(): Promise<void> {
    if (this.current === 'stopped') this.begin(0);
    await this.starting;
  }

  async stop(): Promise<void> {
    this.turn += 1;
    this.starting = undefined;
    const client = this.current === 'running' ? this.client : undefined;
    this.client = undefined;
    this.become('stopped');
    await client?.dispose();
  }

  async restart(): Promise<void> {
    this.backoff.reset();
    this.toldThatMissing = false;
    await this.stop();
    await this.start();
  }

  /** Asks the server something, and starts it for that. */
  async request<Answer>(method: string, params: object = {}): Promise<Answer> {
    await this.start();
    if (!this.client) throw new Error(`the Doppio server is ${this.current}`);
    return await this.client.sendRequest<Answer>(method, params);
  }

  /** Executes one of the server's commands as a lens does: with what intercepts it. */
  async execute(command: string, argument: object): Promise<unknown> {
    await this.start();
    if (!this.client) throw new Error(`the Doppio server is ${this.current}`);
    return await this.executeIntercepted(command, [argument], (args) => this.send(command, args));
  }

  /** Listens to a notification of whichever server runs. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- says what the contract says is sent
  onNotification<Params>(method: string, listener: (params: Params) => void): vscode.Disposable {
    let emitter = this.listeners.get(method);
    if (!emitter) {
      emitter = new vscode.EventEmitter();
      this.listeners.set(method, emitter);
      if (this.client) this.listen(this.client, method, emitter);
    }
    return emitter.event((params) => {
      listener(params as Params);
    });
  }

  /** Has commands of the server go through a function first, from wherever they are executed. */
  intercept(command: string, interceptor: Interceptor): vscode.Disposable {
    this.interceptors.set(command, interceptor);
    return new vscode.Disposable(() => this.interceptors.delete(command));
  }

  dispose(): void {
    this.turn += 1;
    this.changed.dispose();
    for (const emitter of this.listeners.values()) emitter.dispose();
  }

  /** Starts it after so many milliseconds. */
  private begin(wait: number): void {
    this.become('starting');
    const turn = (this.turn += 1);
    const starting = setTimeout(wait)
      .then(() => (turn === this.turn ? this.launch(turn) : undefined))
      .finally(() => {
        if (this.starting === starting) this.starting = undefined;
      });
    this.starting = starting;
  }

  private async launch(turn: number): Promise<void> {
    const binary = findBinary(this.context);
    if (!('path' in binary)) {
      this.become('missing');
      this.log.error(binary.why);
      void this.tellThatMissing(binary.why);
      return;
    }
    this.log.info(`starting ${binary.path}${binary.bundled ? '' : ' (from doppio.server.path)'}`);
    // Loaded only now: an editor without a recipe does not pay for the client.
    const { createClient } = await import('./client');
    const crashed = () => {
      if (turn === this.turn) this.crashed();
    };
    const client = createClient(binary, this.log, {
      crashed,
      execute: (command, args, next) => this.executeIntercepted(command, args, next),
    });
    for (const [method, emitter] of this.listeners) this.listen(client, method, emitter);
    try {
      await client.start();
    } catch (error) {
      this.log.error(`the server did not start: ${String(error)}`);
      crashed();
      return;
    }
    if (turn !== this.turn) {
      await client.dispose();
      return;
    }
    this.client = client;
    this.become('running');
    this.checkVersion(binary);
  }

  private crashed(): void {
    const crashed = this.client;
    this.client = undefined;
    void crashed?.dispose().catch(() => undefined);
    const verdict = this.backoff.crashed(Date.now());
    if (verdict.wait === undefined) {
      this.turn += 1;
      this.become('failed');
      void this.tell('Doppio’s server has crashed several times and was not started again.', 'Restart Server');
      return;
    }
    this.log.warn(`the server has crashed; it is started again in ${verdict.wait} ms`);
    this.begin(verdict.wait);
    if (verdict.tell) void this.tell('Doppio’s server has crashed. It is being started again.');
  }

  private checkVersion(binary: Binary): void {
    const ours = (this.context.extension.packageJSON as { version: string }).version;
    const theirs = this.version;
    this.log.info(`server ${theirs ?? 'of unknown version'}, extension ${ours}`);
    if (fit(theirs, ours) !== 'older') return;
    void this.tell(
      `${binary.path} is Doppio ${theirs ?? '?'}, older than this extension (${ours}): some things will not work. Update it, or clear doppio.server.path.`,
    );
  }

  private async tell(message: string, ...more: string[]): Promise<void> {
    const answer = await vscode.window.showWarningMessage(message, ...more, 'Show Log');
    if (answer === 'Show Log') this.log.show(true);
    else if (answer === 'Restart Server') await this.restart();
  }

  private async tellThatMissing(why: string): Promise<void> {
    if (this.toldThatMissing) return;
    this.toldThatMissing = true;
    const choose = 'Choose Program…';
    const answer = await vscode.window.showWarningMessage(`${why} Recipes are not checked and cannot be run.`, choose);
    if (answer === choose) await vscode.commands.executeCommand('doppio.chooseServer');
  }

  private executeIntercepted(command: string, args: unknown[], next: (args: unknown[]) => Thenable<unknown>): Thenable<unknown> {
    const interceptor = this.interceptors.get(command);
    return interceptor ? interceptor(args, next) : next(args);
  }

  private async send(command: string, args: unknown[]): Promise<unknown> {
    return await this.client?.sendRequest('workspace/executeCommand', { command, arguments: args });
  }

  private listen(client: LanguageClient, method: string, emitter: vscode.EventEmitter<unknown>): void {
    client.onNotification(method, (params: unknown) => {
      emitter.fire(params);
    });
  }

  private become(state: State): void {
    if (this.current === state) return;
    this.current = state;
    void vscode.commands.executeCommand('setContext', 'doppio.server', state);
    this.changed.fire(state);
  }
}
