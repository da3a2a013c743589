// The terminal of a recipe: what its runs print, with no shell behind it. Ctrl+C cancels the run.

import * as vscode from 'vscode';

export class RunTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly terminal: vscode.Terminal;
  /** What was written before there was a screen. */
  private early: string[] | undefined = [];
  private isClosed = false;

  readonly onDidWrite = this.written.event;

  constructor(
    name: string,
    private readonly cancel: () => void,
  ) {
    this.terminal = vscode.window.createTerminal({ name, pty: this, iconPath: new vscode.ThemeIcon('coffee') });
  }

  /** Whether the user has closed it. */
  get closed(): boolean {
    return this.isClosed;
  }

  write(text: string): void {
    if (this.early) this.early.push(text);
    else this.written.fire(text);
  }

  show(): void {
    this.terminal.show(true);
  }

  open(): void {
    const early = this.early ?? [];
    this.early = undefined;
    for (const text of early) this.written.fire(text);
  }

  /** A run goes on without its terminal: it can be cancelled from its progress. */
  close(): void {
    this.isClosed = true;
  }

  handleInput(input: string): void {
    if (input === '\x03') this.cancel();
  }

  dispose(): void {
    this.terminal.dispose();
    this.written.dispose();
  }
}
