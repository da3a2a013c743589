// The panel of the activity bar: recipes, runs, secrets, hosts. The server knows; here it is shown.

import * as vscode from 'vscode';

import type { Runs } from '../run/runs';
import type { Server } from '../server/server';
import { registerHostCommands } from './host-commands';
import { HostsView } from './hosts';
import { RecipesView, type RecipeNode } from './recipes';
import { RunsView, type RunNode } from './runs';
import { registerSecretCommands } from './secret-commands';
import { SecretsView } from './secrets';

export function registerViews(server: Server, runs: Runs): vscode.Disposable {
  const recipes = new RecipesView(server, 'recipes', true);
  const history = new RunsView(server, 'runs', false);
  const secrets = new SecretsView(server, 'secrets', false);
  const hosts = new HostsView(server, 'hosts', false);
  const register = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    recipes,
    history,
    secrets,
    hosts,
    registerSecretCommands(server, secrets),
    registerHostCommands(server, hosts),
    register('doppio.recipe.new', newRecipe),
    register('doppio.recipe.run', (node: RecipeNode) => vscode.commands.executeCommand('doppio.runRecipe', node.uri)),
    register('doppio.recipe.dryRun', (node: RecipeNode) => vscode.commands.executeCommand('doppio.dryRunRecipe', node.uri)),
    register('doppio.recipe.graph', (node: RecipeNode) => vscode.commands.executeCommand('doppio.showGraph', node.uri)),
    register('doppio.recipe.runStep', async (node: RecipeNode) => {
      const document = await vscode.workspace.openTextDocument(node.uri);
      if (node.step !== undefined) await runs.run({ uri: document.uri.toString(), step: node.step });
    }),
    register('doppio.run.showLog', async (node: RunNode) => {
      if (node.run.log !== null) await vscode.window.showTextDocument(vscode.Uri.file(node.run.log), { preview: true });
    }),
    register('doppio.run.cancel', async (node: RunNode) => {
      if (node.run.uri !== null) await runs.cancel(node.run.uri);
    }),
    register('doppio.refreshViews', () => {
      for (const view of [recipes, history, hosts]) view.refresh();
      secrets.lookAgain();
    }),
  );
}

const FIRST = `[recipe]
name = "hello"

[target]
type = "local"

[[step]]
id = "greet"
run_commands = { commands = 'echo "Hello from $(hostname)"' }
`;

/** A recipe that runs as it is, to begin with: not saved yet, but with a name that makes it a recipe. */
async function newRecipe(): Promise<void> {
  const here = vscode.window.activeTextEditor?.document.uri;
  const folder = (here && vscode.workspace.getWorkspaceFolder(here)) ?? vscode.workspace.workspaceFolders?.[0];
  if (folder?.uri.scheme !== 'file') {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'doppio-recipe', content: FIRST }));
    return;
  }
  const uri = (await freeName(folder.uri)).with({ scheme: 'untitled' });
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  if (editor.document.getText() === '') await editor.edit((text) => { text.insert(new vscode.Position(0, 0), FIRST); });
}

async function freeName(folder: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number += 1) {
    const uri = vscode.Uri.joinPath(folder, `hello${number === 1 ? '' : `-${number}`}.recipe.toml`);
    const isTaken = await vscode.workspace.fs.stat(uri).then(() => true, () => false);
    if (!isTaken) return uri;
  }
}
