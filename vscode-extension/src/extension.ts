// The extension: what it is made of, and how that starts and ends. Everything that another editor
// could use too is in the server; each folder here is one thing that only VS Code has.

import * as vscode from 'vscode';

import { GraphPanel } from './graph/panel';
import { offerRecipes } from './language/offer';
import { isRecipeDocument } from './language/recognise';
import { ResolvedSteps } from './resolved/view';
import { registerRunCommands } from './run/commands';
import { Runs } from './run/runs';
import { registerTasks } from './run/tasks';
import { createLog } from './server/log';
import { Server } from './server/server';
import { registerServerCommands } from './server/commands';
import { registerViews } from './views';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  server = new Server(context, log);
  const runs = new Runs(server, context.globalState);
  context.subscriptions.push(
    log,
    server,
    registerServerCommands(context, server, log),
    runs,
    registerRunCommands(runs),
    registerTasks(server),
    new ResolvedSteps(server),
    new GraphPanel(server, context.extensionUri),
    registerViews(server, runs),
    offerRecipes(context.workspaceState),
    startWithRecipes(server),
  );
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** The server starts with the first recipe that is shown. Whatever else needs it asks for it. */
function startWithRecipes(server: Server): vscode.Disposable {
  const startFor = (document: vscode.TextDocument) => {
    if (isRecipeDocument(document)) void server.start();
  };
  vscode.workspace.textDocuments.forEach(startFor);
  return vscode.workspace.onDidOpenTextDocument(startFor);
}
