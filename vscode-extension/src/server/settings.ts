// The settings that the server obeys: sent when it starts, and whenever one changes.

import * as vscode from 'vscode';

const OBEYED = ['levels', 'hints'];

export function settings(): object {
  const configuration = vscode.workspace.getConfiguration('doppio');
  return Object.fromEntries(OBEYED.map((name) => [name, configuration.get<object>(name, {})]));
}

/** Whether one of them changed. */
export function concerns(event: vscode.ConfigurationChangeEvent): boolean {
  return OBEYED.some((name) => event.affectsConfiguration(`doppio.${name}`));
}
