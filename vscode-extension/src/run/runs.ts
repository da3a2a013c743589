// Runs as this editor shows them: each recipe has a terminal, each run a progress that can be
// cancelled. The server starts and ends runs; here is what the user is asked and shown.

import * as vscode from 'vscode';

import type { Server } from '../server/server';
import { count } from '../views/words';
import { askForWants } from './ask';
import { isWorthTelling, withRecent } from './choices';
import { RunTerminal } from './terminal';
import { RunText, asLabel, duration, plain } from './text';
import type { RunArguments, RunEvent, RunEventParams, RunStatus, RunWantsParams } from './wire';

const RECENT = 'doppio.recentHosts';

type Started = Extract<RunEvent, { event: 'run_started' }>;

/** A run that goes on. */
interface Active {
  name: string;
  target: string | undefined;
  text: RunText;
  terminal: RunTerminal;
  steps: Map<string, string>;
  ended: number;
  /** What its progress says, or would. */
  message: string;
  progress?: vscode.Progress<{ message: string; increment?: number }>;
  isOver: Promise<void>;
  end: () => void;
}

/** A run that is over in so many milliseconds needs no progress, which VS Code would show for longer. */
const SOON = 500;

export class Runs implements vscode.Disposable {
  private readonly terminals = new Map<string, RunTerminal>();
  private readonly active = new Map<string, Active>();
  /** Runs of which nothing is shown yet: many are refused, and asked about, before their first step. */
  private readonly announced = new Map<string, Started>();
  /** The names of recipes that were refused, by URI. */
  private readonly refused = new Map<string, string>();
  private readonly parts: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    private readonly memory: vscode.Memento,
  ) {
    this.parts = [
      server.onNotification<RunEventParams>('doppio/runEvent', (params) => {
        this.heard(params.uri, params.event);
      }),
      server.onNotification<RunWantsParams>('doppio/runWants', (params) => void this.wants(params)),
      server.onDidChangeState((state) => {
        if (state !== 'running') this.lost();
      }),
      server.intercept('doppio.run', (args, next) => this.start(args, next)),
    ];
  }

  /** Runs a recipe as the server's own commands do. */
  async run(argument: RunArguments): Promise<void> {
    await this.server.execute('doppio.run', argument);
  }

  async cancel(uri: string): Promise<void> {
    await this.server.execute('doppio.cancelRun', { uri });
  }

  /** The recipes that run now, by URI, with their names. */
  get running(): { uri: string; name: string }[] {
    return [...this.active].map(([uri, { name }]) => ({ uri, name }));
  }

  /** Shows what the last run of a recipe printed, if that is still there. */
  showOutput(uri: string): boolean {
    const terminal = this.terminals.get(uri);
    if (!terminal || terminal.closed) return false;
    terminal.show();
    return true;
  }

  dispose(): void {
    vscode.Disposable.from(...this.parts, ...this.terminals.values()).dispose();
    this.lost();
  }

  private async start(args: unknown[], next: (args: unknown[]) => Thenable<unknown>): Promise<unknown> {
    if (vscode.workspace.isTrusted) return await next(args);
    const manage = 'Manage Trust';
    const answer = await vscode.window.showWarningMessage('Recipes run only in folders that you trust.', manage);
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return undefined;
  }

  private heard(uri: string, event: RunEvent): void {
    const announced = this.announced.get(uri);
    this.announced.delete(uri);
    if (event.event === 'run_started') this.announced.set(uri, event);
    else if (event.event === 'refused') this.refused.set(uri, plain(announced?.recipe ?? 'the recipe'));
    else if (announced) this.begin(uri, announced);
    const run = this.active.get(uri);
    if (run) this.show(uri, run, event);
  }

  private show(uri: string, run: Active, event: RunEvent): void {
    run.terminal.write(run.text.event(event));
    if (event.event === 'step_started') {
      run.message = plain(run.steps.get(event.step) ?? event.step);
      run.progress?.report({ message: run.message });
    } else if (event.event === 'step_finished' || event.event === 'step_skipped') {
      run.ended += 1;
      run.message = `${run.ended} of ${count(run.steps.size, 'step')}`;
      run.progress?.report({ message: run.message, increment: 100 / run.steps.size });
    } else if (event.event === 'run_finished') {
      this.finish(uri, run, event.status, event.seconds);
    }
  }

  private begin(uri: string, event: Started): void {
    const name = plain(event.recipe);
    let end: () => void = () => undefined;
    const isOver = new Promise<void>((resolve) => (end = resolve));
    const run: Active = {
      name,
      target: event.target,
      text: new RunText(),
      terminal: this.terminalOf(uri, name),
      steps: new Map(event.steps.map((step) => [step.id, step.name])),
      ended: 0,
      message: '',
      isOver,
      end,
    };
    this.active.set(uri, run);
    void vscode.commands.executeCommand('setContext', 'doppio.isRunning', true);
    run.terminal.write(run.text.event(event));
    run.terminal.show();
    setTimeout(() => {
      if (this.active.get(uri) === run) this.showProgress(uri, run);
    }, SOON);
  }

  private showProgress(uri: string, run: Active): void {
    const options = { location: vscode.ProgressLocation.Notification, title: `Running ${run.name}`, cancellable: true };
    void vscode.window.withProgress(options, (progress, cancelled) => {
      run.progress = progress;
      progress.report({ message: run.message, increment: (100 * run.ended) / run.steps.size });
      cancelled.onCancellationRequested(() => void this.cancel(uri));
      return run.isOver;
    });
  }

  private terminalOf(uri: string, name: string): RunTerminal {
    const kept = this.terminals.get(uri);
    if (kept && !kept.closed) {
      kept.write('\r\n');
      return kept;
    }
    kept?.dispose();
    const terminal = new RunTerminal(asLabel(name), () => {
      if (this.active.has(uri)) void this.cancel(uri);
    });
    this.terminals.set(uri, terminal);
    return terminal;
  }

  private finish(uri: string, run: Active, status: RunStatus, seconds: number): void {
    run.end();
    this.forget(uri);
    if (run.target !== undefined && status !== 'refused') this.remember(run.target);
    const after = vscode.workspace.getConfiguration('doppio').get('run.notifyAfter', 60);
    if (status !== 'refused' && isWorthTelling(seconds, vscode.window.state.focused, after)) {
      void this.tell(uri, run.name, status, seconds);
    }
  }

  private async tell(uri: string, name: string, status: RunStatus, seconds: number): Promise<void> {
    const show = 'Show Output';
    const words = { success: 'succeeded in', failed: 'failed after', cancelled: 'was cancelled after', refused: 'was not started after' };
    const say = status === 'failed' ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
    const answer = await say(`${name} ${words[status]} ${duration(seconds)}.`, show);
    if (answer === show) this.showOutput(uri);
  }

  /** A run is over. What it missed is asked for; what it lacked without a remedy is said. */
  private async wants(wants: RunWantsParams): Promise<void> {
    const name = this.refused.get(wants.uri);
    if (name === undefined) return;
    this.refused.delete(wants.uri);
    if (wants.commands.length === 0) {
      void vscode.window.showWarningMessage(plain(wants.message.replaceAll('\n', ' ')));
      return;
    }
    const chosen = await askForWants(wants, name, this.memory.get<string[]>(RECENT, []));
    if (chosen) await this.server.execute(chosen.command, chosen.arguments[0] ?? {});
  }

  private remember(host: string): void {
    void this.memory.update(RECENT, withRecent(this.memory.get<string[]>(RECENT, []), host));
  }

  /** The server is gone, and with it the news of its runs, which go on. */
  private lost(): void {
    for (const [uri, run] of this.active) {
      run.terminal.write('\r\n\x1b[33mThe server has stopped; the run goes on. doppio runs lists it.\x1b[0m\r\n');
      run.end();
      this.forget(uri);
    }
  }

  private forget(uri: string): void {
    this.active.delete(uri);
    void vscode.commands.executeCommand('setContext', 'doppio.isRunning', this.active.size > 0);
  }
}
