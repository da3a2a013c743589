// What people do with secrets. A value goes from a masked box to the standard input of `doppio secret
// set` and is nowhere else: in no setting, state, clipboard, log or message to the server.

import * as vscode from 'vscode';

import { plain } from '../run/text';
import type { Server } from '../server/server';
import { doppio } from './tool';
import { breaks } from './words';
import type { SecretNode, SecretsView } from './secrets';
import type { Use } from './wire';

const FORM = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;

export function registerSecretCommands(server: Server, view: SecretsView): vscode.Disposable {
  const register = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    register('doppio.secret.add', (node?: SecretNode) => add(server, node?.secret.name)),
    register('doppio.secret.replace', (node: SecretNode) => store(server, node.secret.name, `New value of ${node.secret.name}`)),
    register('doppio.secret.describe', (node: SecretNode) => describe(server, view, node)),
    register('doppio.secret.copyReference', (node: SecretNode) => vscode.env.clipboard.writeText(`\${secret:${node.secret.name}}`)),
    register('doppio.secret.findUses', (node: SecretNode) => findUses(node.secret.uses)),
    register('doppio.secret.delete', (node: SecretNode) => remove(server, view, node.secret.name)),
    // What tells other editors what to type asks here for the value itself.
    server.intercept('doppio.howToStoreSecret', async (args) => {
      const { name } = args[0] as { name: string };
      await add(server, name);
    }),
  );
}

async function add(server: Server, known?: string): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage('Secrets are looked after in folders that you trust.');
    return;
  }
  const name = known ?? (await askForName());
  if (name !== undefined) await store(server, name, `Value of ${name}`);
}

async function askForName(): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: 'Add Secret',
    prompt: 'Its name, as recipes write it: huggingface/token',
    ignoreFocusOut: true,
    validateInput: (text) => (text === '' || FORM.test(text) ? undefined : 'Letters, digits, “_”, “.” and “-”, in parts joined by “/”'),
  });
  return name === '' ? undefined : name;
}

async function store(server: Server, name: string, title: string): Promise<void> {
  const value = await vscode.window.showInputBox({
    title: plain(title),
    prompt: 'Goes to the keychain of this machine and is not shown again.',
    password: true,
    ignoreFocusOut: true,
  });
  if (value) await doppio(server, ['secret', 'set', '--', name], `${value}\n`);
}

async function describe(server: Server, view: SecretsView, node: SecretNode): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: `What ${plain(node.secret.name)} Is For`,
    prompt: 'Kept beside the keychain, readable. Nothing secret belongs here.',
    value: node.secret.description ?? '',
    ignoreFocusOut: true,
  });
  if (text === undefined) return;
  await doppio(server, ['secret', 'describe', '--', node.secret.name, text]);
  view.lookAgain();
}

async function findUses(uses: Use[]): Promise<void> {
  const items = uses.map((use) => {
    const uri = vscode.Uri.parse(use.uri);
    return { label: plain(vscode.workspace.asRelativePath(uri)), description: `line ${use.range.start.line + 1}`, uri, use };
  });
  const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: items.length === 0 ? 'No Recipe Uses It' : 'Uses of the Secret' });
  if (!chosen) return;
  const { start, end } = chosen.use.range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(chosen.uri, { selection });
}

async function remove(server: Server, view: SecretsView, name: string): Promise<void> {
  const detail = `${breaks(view.uses(name))}\n\nThe value cannot be brought back.`;
  const answer = await vscode.window.showWarningMessage(`Delete the secret ${plain(name)}?`, { modal: true, detail: plainLines(detail) }, 'Delete');
  if (answer === 'Delete') await doppio(server, ['secret', 'delete', '--', name]);
}

/** Plain, line by line. */
function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}
