// Shows what a run would do, and asks whether it may: the first time, and when it does something else.

import * as vscode from 'vscode';

import { inShort } from './choices';
import { short } from './text';

const LOOK = 'Show in Editor';
const APPROVE = 'Approve and Run';
const SCHEME = 'doppio-effects';

/** Whether the user approves `effects`, which the server has put into words. */
export async function approves(name: string, effects: string): Promise<boolean> {
  const question = `Run ${short(name)}?`;
  const options = { modal: true, detail: inShort(effects) };
  // The first button is the one that Enter presses, so it must be harmless.
  const answer = await vscode.window.showWarningMessage(question, options, LOOK, APPROVE);
  if (answer !== LOOK) return answer === APPROVE;
  await show(name, effects);
  return (await vscode.window.showWarningMessage(question, APPROVE)) === APPROVE;
}

/** Shows a text that nobody can edit. */
async function show(name: string, effects: string): Promise<void> {
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent: () => effects });
  try {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/What ${name.replaceAll('/', '-')} does`, query: String(Date.now()) });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  } finally {
    provider.dispose();
  }
}
