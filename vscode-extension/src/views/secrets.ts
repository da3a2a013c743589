// The secrets of the machine that the extension runs on: stored, missing, suggested. Never a value.

import * as vscode from 'vscode';

import { plain } from '../run/text';
import { View, icon, opens, tell, type Node } from './view';
import { count, moment, usedBy } from './words';
import type { MissingSecret, SecretsAnswer, StoredSecret, SuggestedSecret, Use } from './wire';

export interface SecretNode extends Node {
  secret: { name: string; description: string | null; uses: Use[]; nearest?: string | null };
}

export class SecretsView extends View<SecretsAnswer> {
  private again = false;

  /** Has the keychain asked once more, for what it does not tell of by itself. */
  lookAgain(): void {
    this.again = true;
    this.refresh();
  }

  protected override get params(): object {
    const { again } = this;
    this.again = false;
    return { again };
  }

  /** The uses of a secret, as they were told last. */
  uses(name: string): Use[] {
    const all = [...(this.last?.entries ?? []), ...(this.last?.missing ?? [])];
    return all.find((secret) => secret.name === name)?.uses ?? [];
  }

  protected nodes(answer: SecretsAnswer): Node[] {
    tell('keychain', answer.state);
    this.tree.description = whose(answer);
    const isEmpty = answer.entries.length === 0 && answer.missing.length === 0;
    const isBlocked = answer.state === 'locked' || answer.state === 'unavailable';
    this.tree.message = isBlocked && !isEmpty ? staleWords(answer) : '';
    // Nothing to look after: the welcome text says what to do.
    if (isEmpty && isBlocked) return [];
    return [
      group('Used but Missing', answer.missing.map(missingNode), true),
      group('Stored', answer.entries.map(storedNode), true),
      group('Suggested', answer.suggested.map(suggestedNode), false),
    ].filter((node) => node.children?.length);
  }
}

/** Whose keychain it is: `GNOME Keyring on laptop`. */
function whose(answer: SecretsAnswer): string {
  const kinds: Record<string, string> = { 'ssh-remote': 'over SSH', wsl: 'WSL', 'dev-container': 'container', 'attached-container': 'container' };
  const kind = kinds[vscode.env.remoteName ?? ''];
  return `${answer.store ?? 'keychain'} on ${plain(answer.machine)}${kind ? ` (${kind})` : ''}`;
}

function staleWords(answer: SecretsAnswer): string {
  const asOf = answer.asOf ? ` These are its names of ${moment(answer.asOf, new Date())}.` : '';
  return `${answer.message ?? 'The keychain cannot be asked.'}${asOf}`;
}

function group(label: string, children: Node[], isOpen: boolean): Node {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState[isOpen ? 'Expanded' : 'Collapsed']);
  item.id = label;
  item.description = String(children.length);
  item.accessibilityInformation = { label: `${label}, ${count(children.length, 'secret')}` };
  return { item, children };
}

function storedNode(secret: StoredSecret): SecretNode {
  const notes = [secret.description, secret.shadowedBy && `${secret.shadowedBy} is set and answers instead`];
  const node = secretNode(secret.name, notes.filter(Boolean).map((note) => plain(note ?? '')).join(' · '), secret.uses);
  const isStored = secret.source === 'keychain';
  node.item.contextValue = isStored ? 'secret-stored' : 'secret-environment';
  node.item.iconPath = icon(isStored ? 'key' : 'symbol-variable');
  const since = secret.modified ? `Stored ${moment(secret.modified, new Date())}` : undefined;
  node.item.tooltip = [secret.name, ...notes, since, usesWords(secret.uses)].filter(Boolean).join('\n');
  return { ...node, secret };
}

function missingNode(secret: MissingSecret): SecretNode {
  const meant = secret.nearest ? `did you mean ${plain(secret.nearest)}?` : usesWords(secret.uses);
  const node = secretNode(secret.name, meant, secret.uses);
  node.item.contextValue = 'secret-missing';
  node.item.iconPath = icon('warning', 'list.warningForeground');
  node.item.tooltip = [`${secret.name} is not stored`, usesWords(secret.uses), secret.obtain && `Get it at ${secret.obtain}`].filter(Boolean).join('\n');
  return { ...node, secret: { ...secret, description: null } };
}

function suggestedNode(secret: SuggestedSecret): SecretNode {
  const node = secretNode(secret.name, secret.description, []);
  node.item.contextValue = 'secret-suggested';
  node.item.iconPath = icon('lightbulb');
  node.item.tooltip = `${secret.description}\nGet it at ${secret.obtain}`;
  return { ...node, secret: { name: secret.name, description: null, uses: [] } };
}

function secretNode(name: string, words: string, uses: Use[]): { item: vscode.TreeItem; children: Node[] } {
  const item = new vscode.TreeItem(plain(name), vscode.TreeItemCollapsibleState[uses.length > 0 ? 'Collapsed' : 'None']);
  item.description = words;
  item.accessibilityInformation = { label: `Secret ${plain(name)}${words ? `, ${words}` : ''}` };
  return { item, children: uses.map(useNode) };
}

function useNode(use: Use): Node {
  const uri = vscode.Uri.parse(use.uri);
  const { start, end } = use.range;
  const item = new vscode.TreeItem(uri);
  item.label = plain(vscode.workspace.asRelativePath(uri));
  item.description = `line ${start.line + 1}`;
  item.iconPath = icon('references');
  item.command = opens(uri, start.line, start.character, end.line, end.character);
  return { item };
}

function usesWords(uses: Use[]): string {
  const names = usedBy(uses);
  return names.length === 0 ? 'Not used in this workspace' : `Used by ${names.map(plain).join(', ')}`;
}
