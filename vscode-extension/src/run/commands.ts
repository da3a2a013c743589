// The commands that run recipes: from the palette, the title of an editor, and context menus.

import * as vscode from 'vscode';

import { isRecipeDocument, isRecipeText } from '../language/recognise';
import type { Runs } from './runs';

export function registerRunCommands(runs: Runs): vscode.Disposable {
  const register = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    register('doppio.runRecipe', (uri?: vscode.Uri) => run(runs, uri, {})),
    register('doppio.dryRunRecipe', (uri?: vscode.Uri) => run(runs, uri, { dryRun: true })),
    register('doppio.cancelActiveRun', () => cancel(runs)),
  );
}

async function run(runs: Runs, uri: vscode.Uri | undefined, how: { dryRun?: boolean }): Promise<void> {
  const document = uri ? await vscode.workspace.openTextDocument(uri) : vscode.window.activeTextEditor?.document;
  if (!document || !(isRecipeDocument(document) || isRecipeText(document.getText()))) {
    void vscode.window.showInformationMessage('Open a recipe first: a TOML file with a [recipe] table or a [[step]].');
    return;
  }
  // The server knows the documents of our language; this one is named to be run as a recipe.
  if (!isRecipeDocument(document)) await vscode.languages.setTextDocumentLanguage(document, 'doppio-recipe');
  await runs.run({ uri: document.uri.toString(), ...how });
}

/** Cancels the one run that there is, or the one that is chosen. */
async function cancel(runs: Runs): Promise<void> {
  const running = runs.running;
  const here = vscode.window.activeTextEditor?.document.uri.toString();
  const obvious = running.length === 1 ? running[0] : running.find((run) => run.uri === here);
  const items = running.map((run) => ({ label: run.name, ...run }));
  const chosen = obvious ?? (items.length > 0 ? await vscode.window.showQuickPick(items, { title: 'Cancel Which Run?' }) : undefined);
  if (chosen) await runs.cancel(chosen.uri);
  else if (items.length === 0) void vscode.window.showInformationMessage('Nothing runs that was started here.');
}
