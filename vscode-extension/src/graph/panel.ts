// Doppio: Show Graph. One panel beside the editor, which shows the recipe that was looked at last and
// follows it while it is edited and run. The server draws; the page in webview/ shows.

import * as vscode from 'vscode';

import { isRecipeDocument } from '../language/recognise';
import type { Server } from '../server/server';
import { page } from './page';
import { after, fromRecord, type StateEvent } from './run-state';
import type { FromPage, Graph, Kept, Place, Run, RunRecord, ToPage } from './wire';

const VIEW = 'doppio.graph';

export class GraphPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private uri: vscode.Uri | undefined;
  private graph: Graph | undefined;
  /** The last run of each recipe, by URI. */
  private readonly runs = new Map<string, Run>();
  private isDrawing = false;
  private isStale = false;
  private readonly parts: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    private readonly extension: vscode.Uri,
  ) {
    this.parts = [
      vscode.commands.registerCommand('doppio.showGraph', (uri?: vscode.Uri) => {
        this.open(uri);
      }),
      vscode.window.registerWebviewPanelSerializer(VIEW, {
        deserializeWebviewPanel: (panel, state: Partial<Kept> | undefined) => {
          this.restore(panel, state?.uri);
          return Promise.resolve();
        },
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (this.panel && editor && isRecipeDocument(editor.document)) this.follow(editor.document.uri);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor.document.uri.toString() === this.uri?.toString()) this.sayWhere(textEditor);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.uri?.toString()) void this.draw();
      }),
      server.onNotification<{ uri: string; event: StateEvent }>('doppio/runEvent', ({ uri, event }) => {
        this.heard(uri, event);
      }),
      server.onNotification('doppio/runs/didChange', () => void this.lookAtRuns()),
      server.onDidChangeState((state) => {
        if (state === 'running') void this.draw();
      }),
    ];
  }

  dispose(): void {
    this.panel?.dispose();
    vscode.Disposable.from(...this.parts).dispose();
  }

  private open(uri?: vscode.Uri): void {
    const active = vscode.window.activeTextEditor?.document;
    const chosen = uri ?? (active && isRecipeDocument(active) ? active.uri : undefined);
    if (this.panel) this.panel.reveal(undefined, true);
    else {
      const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.fill(vscode.window.createWebviewPanel(VIEW, 'Graph', where, { retainContextWhenHidden: true }));
    }
    if (chosen) this.follow(chosen);
    else if (!this.uri) void this.draw();
  }

  /** After the window was loaded again. One that was opened meanwhile stays the only one. */
  private restore(panel: vscode.WebviewPanel, uri: unknown): void {
    if (this.panel) {
      panel.dispose();
      return;
    }
    this.fill(panel);
    if (typeof uri === 'string') this.follow(vscode.Uri.parse(uri));
  }

  private fill(panel: vscode.WebviewPanel): void {
    const dist = vscode.Uri.joinPath(this.extension, 'dist');
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const icon = (theme: string) => vscode.Uri.joinPath(this.extension, 'images', `recipe-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.onDidReceiveMessage((message: FromPage) => void this.obey(message));
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.uri = undefined;
      this.graph = undefined;
    });
    panel.webview.html = page(panel.webview, dist);
    this.panel = panel;
  }

  private follow(uri: vscode.Uri): void {
    if (uri.toString() === this.uri?.toString()) return;
    this.uri = uri;
    this.graph = undefined;
    void this.draw();
  }

  /** Draws the text as it is now. While the server draws, further changes wait for one more drawing. */
  private async draw(): Promise<void> {
    this.isStale = true;
    if (this.isDrawing || !this.panel) return;
    this.isDrawing = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        await this.drawOnce(this.uri);
      }
    } finally {
      this.isDrawing = false;
    }
  }

  private async drawOnce(uri: vscode.Uri | undefined): Promise<void> {
    if (!uri) {
      this.say({ type: 'nothing', why: 'Open a recipe to see its steps and what they wait for.' });
      return;
    }
    let graph: Graph | null;
    try {
      // The server draws what is open, and a panel outlives the editor of its recipe.
      await vscode.workspace.openTextDocument(uri);
      if (!this.graph) await this.lookAtRuns();
      graph = await this.server.request<Graph | null>('doppio/graph', { uri: uri.toString() });
    } catch (error) {
      this.say({ type: 'nothing', why: error instanceof Error ? error.message : String(error) });
      return;
    }
    // Another recipe may be looked at by now.
    if (uri.toString() !== this.uri?.toString() || !this.panel) return;
    if (!graph || graph.nodes.length + graph.groups.length === 0) {
      this.graph = undefined;
      this.say({ type: 'nothing', why: 'This recipe has no steps yet.' });
      return;
    }
    const isSame = this.graph !== undefined;
    this.graph = graph;
    this.panel.title = `Graph: ${graph.name === '' ? 'recipe' : graph.name}`;
    const editor = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
    const running = this.runs.get(uri.toString())?.steps.find((step) => step.status === 'running')?.id;
    const at = running ?? (editor && this.stepAt(editor)) ?? null;
    this.say({ type: 'graph', uri: uri.toString(), graph, isSame, at });
    this.sayRun();
    if (editor) this.sayWhere(editor);
  }

  private heard(uri: string, event: StateEvent): void {
    const run = after(this.runs.get(uri) ?? null, event);
    if (run) this.runs.set(uri, run);
    else this.runs.delete(uri);
    if (uri === this.uri?.toString()) this.sayRun();
  }

  /** Runs that were started elsewhere, or before this window was opened. */
  private async lookAtRuns(): Promise<void> {
    const uri = this.uri?.toString();
    if (!uri || !this.panel) return;
    const answer = await this.server.request<{ runs: RunRecord[] }>('doppio/runs').catch(() => ({ runs: [] }));
    const newest = answer.runs.find((run) => run.uri === uri && run.status !== 'refused');
    if (!newest) return;
    // Of its own runs the window hears sooner, unless their end was lost with a server that crashed.
    const known = this.runs.get(uri);
    if (known?.id === newest.id && (known.status !== 'running' || newest.status === 'running')) return;
    this.runs.set(uri, fromRecord(newest));
    if (this.graph && uri === this.uri?.toString()) this.sayRun();
  }

  private sayRun(): void {
    const run = this.uri && this.runs.get(this.uri.toString());
    this.say({ type: 'run', run: run ?? null, now: Date.now() });
  }

  private sayWhere(editor: vscode.TextEditor): void {
    if (this.graph) this.say({ type: 'here', id: this.stepAt(editor) ?? null });
  }

  /** The step in which the cursor is. */
  private stepAt({ selection }: vscode.TextEditor): string | undefined {
    const line = selection.active.line;
    const boxes = this.graph ? [...this.graph.nodes, ...this.graph.groups] : [];
    return boxes.find(({ range }) => range.start.line <= line && line <= range.end.line)?.id;
  }

  private say(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }

  private async obey(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.graph = undefined;
        await this.draw();
        break;
      case 'show':
        await this.show(message.id);
        break;
      case 'copy':
        await this.copy(message.format);
        break;
    }
  }

  /** Puts the cursor on a step. */
  private async show(id: string): Promise<void> {
    const step = this.graph && [...this.graph.nodes, ...this.graph.groups].find((box) => box.id === id);
    if (!step || !this.uri) return;
    const uri = this.uri.toString();
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri);
    const selection = new vscode.Range(place(step.selectionRange.start), place(step.selectionRange.end));
    await vscode.window.showTextDocument(this.uri, { viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One, selection });
  }

  private async copy(format: 'svg' | 'mermaid'): Promise<void> {
    if (!this.graph) return;
    await vscode.env.clipboard.writeText(this.graph[format]);
    vscode.window.setStatusBarMessage(`Graph copied as ${format === 'svg' ? 'SVG' : 'Mermaid'}`, 5_000);
  }
}

function place({ line, character }: Place): vscode.Position {
  return new vscode.Position(line, character);
}
