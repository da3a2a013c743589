// One view of the panel: asks the server when it is looked at, and again when the server says that
// something changed. What is blocked or empty has a welcome text, chosen by context keys.

import { isDeepStrictEqual } from 'node:util';

import * as vscode from 'vscode';

import type { Server } from '../server/server';
import type { RunState, RunStep } from './wire';

export interface Node {
  item: vscode.TreeItem;
  children?: Node[];
}

export abstract class View<Answer> implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  protected readonly tree: vscode.TreeView<Node>;
  private readonly parts: vscode.Disposable[];
  /** What the server answered last. */
  protected last: Answer | undefined;

  constructor(
    protected readonly server: Server,
    private readonly topic: 'recipes' | 'runs' | 'secrets' | 'hosts',
    /** Whether it works in folders that nobody trusts. */
    private readonly isHarmless: boolean,
  ) {
    this.tree = vscode.window.createTreeView(`doppio.${topic}`, { treeDataProvider: this, showCollapseAll: topic !== 'hosts' });
    this.parts = [
      server.onNotification(`doppio/${topic}/didChange`, () => {
        void this.compare();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.refresh();
      }),
      server.onDidChangeState((state) => {
        // A server that is stopped on purpose is not to be started by a look at it.
        if (state !== 'stopped' && state !== 'starting') this.refresh();
      }),
    ];
  }

  /** The lines of the view. */
  protected abstract nodes(answer: Answer): Node[];

  /** What the server is asked with. */
  protected get params(): object {
    return {};
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  /** Draws again only what differs: whoever presses on a line while it is drawn presses in vain. */
  private async compare(): Promise<void> {
    const isSame =
      this.tree.visible &&
      this.last !== undefined &&
      isDeepStrictEqual(
        await this.ask().catch(() => undefined),
        this.last,
      );
    if (!isSame) this.refresh();
  }

  private ask(): Promise<Answer> {
    return this.server.request<Answer>(`doppio/${this.topic}`, this.params);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.item;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return node.children ?? [];
    if (!this.isHarmless && !vscode.workspace.isTrusted) return [];
    try {
      this.last = await this.ask();
    } catch {
      // The welcome text says that there is no server. What the last one said is over.
      this.last = undefined;
      this.tree.description = '';
      this.tree.message = '';
      return [];
    }
    return this.nodes(this.last);
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
    this.tree.dispose();
    this.changed.dispose();
  }
}

/** Makes a state known to the conditions of welcome texts. */
export function tell(key: string, value: string | boolean): void {
  void vscode.commands.executeCommand('setContext', `doppio.${key}`, value);
}

export function icon(name: string, colour?: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, colour ? new vscode.ThemeColor(colour) : undefined);
}

/** What stands for the states of runs and steps. */
export const STATE_ICONS: Record<RunState | RunStep['status'], vscode.ThemeIcon> = {
  waiting: icon('circle-outline', 'disabledForeground'),
  running: icon('loading~spin'),
  success: icon('pass', 'testing.iconPassed'),
  failed: icon('error', 'testing.iconFailed'),
  skipped: icon('debug-step-over', 'testing.iconSkipped'),
  cancelled: icon('circle-slash', 'testing.iconSkipped'),
  refused: icon('question', 'testing.iconSkipped'),
  unknown: icon('question', 'testing.iconSkipped'),
};

/** Opens a file at a place. */
export function opens(uri: vscode.Uri, line = 0, character = 0, endLine = line, endCharacter = character): vscode.Command {
  const selection = new vscode.Range(line, character, endLine, endCharacter);
  return { command: 'vscode.open', title: 'Open', arguments: [uri, { selection } satisfies vscode.TextDocumentShowOptions] };
}
