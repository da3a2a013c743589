// What the language server does in VS Code, asked as the editor itself asks: names, structure, changes.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';

import { inFolder, until } from './tools';

const TRAIN = `[recipe]
name = "train"

[variables]
model = "bert"

[[step]]
id = "report"
depends_on = ["train"]
run_commands = { commands = "echo https://example.org/runs", env = { KEY = "\${secret:wandb/api_key}" } }

[[step]]
id = "train"
depends_on = ["fetch"]
run_commands = { commands = """
train --model \${model} --seed 7
echo done
""", env = { KEY = "\${secret:wandb/api_key}" } }

[[step]]
id = "fetch"
timeout_secs = "60"
sleep = { duration_secs = 1 }
`;
const OTHER = '[recipe]\nname = "other"\n\n[[step]]\nid = "only"\nrun_commands = { commands = "true", env = { KEY = "${secret:wandb/api_key}" } }\n';

export const FEATURES: Record<string, () => Promise<void>> = {
  'a step is renamed where it stands, and where others wait for it': async () => {
    const document = await opened();
    const at = behind(document, 'id = "tra');
    const prepared = await vscode.commands.executeCommand<{ range: vscode.Range; placeholder: string }>('vscode.prepareRename', document.uri, at);
    assert.equal(document.getText(prepared.range), 'train');
    assert.deepEqual(await renamed(document, at, 'teach'), { 'train.recipe.toml': ['depends_on = ["teach"]', 'id = "teach"'] });
    await assert.rejects(renamed(document, at, 'fetch'));
  },

  'a secret is renamed in all recipes': async () => {
    const document = await opened();
    const edits = await renamed(document, behind(document, '${secret:wandb/'), 'wandb/other_key');
    assert.deepEqual(Object.keys(edits).sort(), ['other.recipe.toml', 'train.recipe.toml']);
    assert.deepEqual(Object.values(edits).flat().map((line) => line.match(/\$\{[^}]*\}/g)?.join()), Array(3).fill('${secret:wandb/other_key}'));
  },

  'the places of a name are found, here and elsewhere, and told apart': async () => {
    const document = await opened();
    const references = await ask<vscode.Location[]>('vscode.executeReferenceProvider', document, behind(document, '${secret:wandb/'));
    assert.deepEqual(references.map(({ uri }) => name(uri)).sort(), ['other.recipe.toml', 'train.recipe.toml', 'train.recipe.toml']);
    const definitions = await ask<(vscode.Location | vscode.LocationLink)[]>('vscode.executeDefinitionProvider', document, behind(document, '${mod'));
    const [definition] = definitions.map((it) => ('targetUri' in it ? (it.targetSelectionRange ?? it.targetRange) : it.range));
    assert.equal(definition && document.lineAt(definition.start).text, 'model = "bert"');
    const highlights = await ask<vscode.DocumentHighlight[]>('vscode.executeDocumentHighlights', document, behind(document, 'id = "fet'));
    const kinds = highlights.map(({ range, kind }) => [document.lineAt(range.start).text, kind]);
    assert.deepEqual(kinds, [
      ['depends_on = ["fetch"]', vscode.DocumentHighlightKind.Read],
      ['id = "fetch"', vscode.DocumentHighlightKind.Write],
    ]);
  },

  'the steps that a step needs, and those that need it, are its calls': async () => {
    const document = await opened();
    const [item] = await ask<vscode.CallHierarchyItem[]>('vscode.prepareCallHierarchy', document, behind(document, 'id = "tra'));
    assert.ok(item);
    const incoming = await vscode.commands.executeCommand<vscode.CallHierarchyIncomingCall[]>('vscode.provideIncomingCalls', item);
    assert.deepEqual(incoming.map(({ from }) => from.name), ['report']);
    const outgoing = await vscode.commands.executeCommand<vscode.CallHierarchyOutgoingCall[]>('vscode.provideOutgoingCalls', item);
    assert.deepEqual(outgoing.map(({ to }) => to.name), ['fetch']);
  },

  'a recipe has an outline, folds, growing selections and links, and its steps are found from anywhere': async () => {
    const document = await opened();
    const symbols = await ask<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document);
    const names = symbols.flatMap((symbol) => [symbol.name, ...symbol.children.map((child) => child.name)]);
    for (const part of ['train', 'model', 'report', 'fetch']) assert.ok(names.includes(part), names.join());
    const folds = await ask<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider', document);
    const starts = folds.map(({ start }) => document.lineAt(start).text);
    assert.ok(starts.includes('[[step]]') && starts.some((line) => line.startsWith('run_commands')), starts.join('\n'));
    const [selection] = await ask<vscode.SelectionRange[]>('vscode.executeSelectionRangeProvider', document, [behind(document, '--model ${mod')]);
    const grown: string[] = [];
    for (let range = selection; range; range = range.parent) grown.push(document.getText(range.range));
    assert.ok(grown.every((text, at) => at === 0 || (text.length > (grown[at - 1]?.length ?? 0) && text.includes(grown[at - 1] ?? ''))));
    assert.ok(grown.includes('${model}') && grown.at(-1) === TRAIN, grown.join('\n--\n'));
    const links = await ask<vscode.DocumentLink[]>('vscode.executeLinkProvider', document);
    assert.deepEqual(links.map(({ target }) => target?.toString()), ['https://example.org/runs']);
    const found = await vscode.commands.executeCommand<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', 'onl');
    assert.ok(found.some((symbol) => symbol.name === 'only' && name(symbol.location.uri) === 'other.recipe.toml'));
  },

  'meanings have colours': async () => {
    const document = await opened();
    const legend = await ask<vscode.SemanticTokensLegend>('vscode.provideDocumentSemanticTokensLegend', document);
    const { data } = await ask<vscode.SemanticTokens>('vscode.provideDocumentSemanticTokens', document);
    const kinds = new Set([...data].filter((_, at) => at % 5 === 3).map((kind) => legend.tokenTypes[kind]));
    for (const kind of ['variable', 'function', 'keyword']) assert.ok(kinds.has(kind), [...kinds].join());
  },

  'a part is formatted alone': async () => {
    const document = await opened('odd.recipe.toml', '[recipe]\nname="odd"\n\n[[step]]\nid="a"\nsleep={duration_secs=1}\n');
    const part = new vscode.Range(4, 0, 4, 6);
    const edits = await ask<vscode.TextEdit[]>('vscode.executeFormatRangeProvider', document, part, { tabSize: 4, insertSpaces: true });
    assert.ok(edits.length > 0);
    assert.deepEqual(new Set(edits.map(({ range }) => range.start.line)), new Set([4]));
  },

  'steps are sorted, and what can be mended unseen is mended at once': async () => {
    const document = await opened();
    const sorted = await changed(document, 'source.sortSteps');
    assert.deepEqual(sorted.match(/(?<=^id = ")\w+/gm), ['fetch', 'train', 'report']);
    const mended = await changed(document, 'source.fixAll');
    assert.ok(mended.includes('timeout_secs = 60\n'), mended);
  },
};

/** A recipe on the disk that the server knows by now, beside another. */
async function opened(file = 'train.recipe.toml', text = TRAIN): Promise<vscode.TextDocument> {
  await vscode.workspace.fs.writeFile(inFolder('other.recipe.toml'), Buffer.from(OTHER));
  await vscode.workspace.fs.writeFile(inFolder(file), Buffer.from(text));
  const document = await vscode.workspace.openTextDocument(inFolder(file));
  await vscode.window.showTextDocument(document);
  await until('the text of the disk', () => document.getText() === text);
  await until('the server', async () => (await ask<vscode.DocumentSymbol[] | undefined>('vscode.executeDocumentSymbolProvider', document))?.length);
  return document;
}

function ask<T>(command: string, document: vscode.TextDocument, ...more: unknown[]): Thenable<T> {
  return vscode.commands.executeCommand<T>(command, document.uri, ...more);
}

/** The place right behind the first occurrence of a text. */
function behind(document: vscode.TextDocument, text: string): vscode.Position {
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, text);
  return document.positionAt(at + text.length);
}

function name(uri: vscode.Uri): string | undefined {
  return uri.path.split('/').at(-1);
}

/** The lines that a rename changes, as they would be, by file. */
async function renamed(document: vscode.TextDocument, at: vscode.Position, to: string): Promise<Record<string, string[]>> {
  const edit = await ask<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document, at, to);
  const files: Record<string, string[]> = {};
  for (const [uri, edits] of edit.entries()) {
    const file = await vscode.workspace.openTextDocument(uri);
    files[name(uri) ?? ''] = applied(file, edits).split('\n').filter((line) => !file.getText().split('\n').includes(line));
  }
  return files;
}

/** The text after the one code action of this kind. */
async function changed(document: vscode.TextDocument, kind: string): Promise<string> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const actions = await ask<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document, all, kind);
  assert.equal(actions.length, 1, kind);
  return applied(document, actions[0]?.edit?.get(document.uri) ?? []);
}

function applied(document: vscode.TextDocument, edits: vscode.TextEdit[]): string {
  const later = (one: vscode.TextEdit, other: vscode.TextEdit) => document.offsetAt(other.range.start) - document.offsetAt(one.range.start);
  let text = document.getText();
  for (const { range, newText } of edits.toSorted(later)) {
    text = text.slice(0, document.offsetAt(range.start)) + newText + text.slice(document.offsetAt(range.end));
  }
  return text;
}
