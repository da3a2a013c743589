// The log: an output channel whose last lines are remembered, so that a report has them wherever the
// editor keeps its files.

import * as vscode from 'vscode';

/** How many lines are remembered. */
const MOST = 200;

export interface Log extends vscode.LogOutputChannel {
  /** The last lines, the newest last. */
  lines(): readonly string[];
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel('Doppio', { log: true });
  const lines: string[] = [];
  const note = (level: string, text: unknown) => {
    lines.push(`${new Date().toISOString()} [${level}] ${String(text)}`);
    lines.splice(0, lines.length - MOST);
  };
  const noted = (level: 'append' | 'appendLine' | 'trace' | 'debug' | 'info' | 'warn') => (text: string, ...rest: unknown[]) => {
    note(level, text);
    channel[level](text, ...rest);
  };
  return {
    name: channel.name,
    get logLevel() {
      return channel.logLevel;
    },
    onDidChangeLogLevel: channel.onDidChangeLogLevel,
    append: noted('append'),
    appendLine: noted('appendLine'),
    trace: noted('trace'),
    debug: noted('debug'),
    info: noted('info'),
    warn: noted('warn'),
    error: (text, ...rest: unknown[]) => {
      note('error', text);
      channel.error(text, ...rest);
    },
    replace: (text) => {
      channel.replace(text);
    },
    clear: () => {
      channel.clear();
    },
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- whoever implements a channel implements both ways to call it
    show: (first?: boolean | vscode.ViewColumn, keepFocus?: boolean) => {
      channel.show(typeof first === 'boolean' ? first : keepFocus);
    },
    hide: () => {
      channel.hide();
    },
    dispose: () => {
      channel.dispose();
    },
    lines: () => lines,
  };
}
