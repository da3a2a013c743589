// A step as it would be sent, beside the recipe: a document that nobody can write, in which each part that is not
// written in the recipe is marked and says where it comes from.

import * as vscode from 'vscode';

import type { Server } from '../server/server';
import type { ResolvedSpan, ResolvedStep } from './wire';
import { described } from './words';

const SCHEME = 'doppio-step';

export class ResolvedSteps implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly shown = new Map<string, ResolvedStep>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly mark = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('editor.wordHighlightBackground'),
    borderRadius: '2px',
  });
  private readonly parts: vscode.Disposable;

  constructor(private readonly server: Server) {
    this.parts = vscode.Disposable.from(
      this.changed,
      this.mark,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.commands.registerTextEditorCommand('doppio.resolveStep', (editor) => {
        void this.show({ uri: editor.document.uri.toString(), position: editor.selection.active });
      }),
      // From a code action.
      server.intercept('doppio.showResolvedStep', ([argument]) => this.show(argument as object)),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of editors) this.decorate(editor);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.shown.delete(uri.toString())),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.shown.get(uri.toString())?.text;
  }

  dispose(): void {
    this.parts.dispose();
  }

  private async show(asked: object): Promise<void> {
    const found = await this.server.request<ResolvedStep | null>('doppio/resolvedStep', asked);
    if (!found) {
      void vscode.window.showInformationMessage('Put the cursor into a step with one operation first.');
      return;
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${found.step}.sh` });
    this.shown.set(uri.toString(), found);
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
    this.decorate(editor);
  }

  private decorate(editor: vscode.TextEditor): void {
    const { document } = editor;
    const found = this.shown.get(document.uri.toString());
    if (document.uri.scheme !== SCHEME || found?.text !== document.getText()) return;
    editor.setDecorations(this.mark, found.spans.flatMap((span) => decoration(document, span)));
  }
}

function decoration(document: vscode.TextDocument, span: ResolvedSpan): vscode.DecorationOptions[] {
  const what = described(span);
  if (what === undefined) return [];
  const range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
  const line = span.location?.range.start.line;
  const where = line === undefined ? '' : ` (line ${line + 1})`;
  // Names are the recipe's: as text, not as Markdown.
  return [{ range, hoverMessage: new vscode.MarkdownString().appendText(what + where) }];
}
