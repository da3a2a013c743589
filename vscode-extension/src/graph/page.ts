// The page of the graph: it may run one script and use one style sheet, both ours, and reach nothing.

import { randomBytes } from 'node:crypto';

import * as vscode from 'vscode';

export function page(webview: vscode.Webview, dist: vscode.Uri): string {
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  const nonce = randomBytes(16).toString('base64');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" nonce="${nonce}" href="${file('graph.css')}">
<title>Graph of a recipe</title>
</head>
<body>
<script nonce="${nonce}" src="${file('graph.js')}"></script>
</body>
</html>`;
}
