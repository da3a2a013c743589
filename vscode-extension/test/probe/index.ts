// A second extension, of the figures alone: it notes when a document is opened and when it first has
// diagnostics, as every extension in the same host sees it.

import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';

const FILE = process.env.DOPPIO_PROBE ?? '';

export function activate(context: vscode.ExtensionContext): void {
  const note = (what: string, uri: vscode.Uri) => {
    appendFileSync(FILE, `${JSON.stringify({ what, name: uri.path.split('/').at(-1), at: Date.now() })}\n`);
  };
  context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument((document) => {
      note('opened', document.uri);
    }),
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      for (const uri of uris) if (vscode.languages.getDiagnostics(uri).length > 0) note('diagnosed', uri);
    }),
  );
  note('ready', context.extensionUri);
}
