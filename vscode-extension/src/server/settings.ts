// The settings that the server obeys: sent when it starts, and whenever one changes.

import * as vscode from 'vscode';

export function settings(): object {
  return { levels: vscode.workspace.getConfiguration('doppio').get<object>('levels', {}) };
}
