// The commands about the server itself.

import * as vscode from 'vscode';

import { copyReport } from './report';
import type { Log } from './log';
import type { Server } from './server';

export function registerServerCommands(context: vscode.ExtensionContext, server: Server, log: Log): vscode.Disposable {
  const register = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    register('doppio.restartServer', () => server.restart()),
    register('doppio.showLog', () => {
      log.show();
    }),
    register('doppio.chooseServer', chooseServer),
    register('doppio.copyReport', () => copyReport(context, server, log)),
  );
}

/** Asks for the program that is the server, and keeps it in the user's settings of this machine. */
async function chooseServer(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'The doppio program',
    openLabel: 'Use as Server',
    canSelectMany: false,
  });
  const file = chosen?.[0]?.fsPath;
  if (!file) return;
  const configuration = vscode.workspace.getConfiguration('doppio');
  await configuration.update('server.path', file, vscode.ConfigurationTarget.Global);
}
