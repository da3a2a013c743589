// Runs inside the extension host of a real editor, started by test/e2e/host.test.ts: what can be asked
// through VS Code's own interface. What the language server does for the editor is in ./features.ts.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';

import { FEATURES } from './features';
import { inFolder, until } from './tools';

const extension = vscode.extensions.getExtension('doppio.doppio');

/** How long a whole check may take on a busy machine. */
const LONGEST = 85_000;

const CHECKS: Record<string, () => Promise<void>> = {
  'it sleeps while there is no recipe': async () => {
    assert.ok(extension);
    for (const name of ['notes.txt', 'Cargo.toml']) await vscode.window.showTextDocument(inFolder(name));
    assert.equal(extension.isActive, false);
  },

  'a recipe wakes it, also one that was never saved': async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'doppio-recipe', content: '[[step]]\nid = "a"\ndepends_on = ["b"]\n' });
    await vscode.window.showTextDocument(document);
    await until('diagnostics', () => codes(document.uri).includes('unknown-step'));
    assert.equal(extension?.isActive, true);
  },

  'every command of the manifest is there': async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension?.packageJSON as { contributes: { commands: { command: string }[] } };
    assert.deepEqual(contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)), []);
  },

  'recipes of the folder are tasks, with their command line as a list': async () => {
    const uri = inFolder('a b; $(touch trap).recipe.toml');
    await vscode.workspace.fs.writeFile(uri, Buffer.from('[recipe]\nname = "a"\n\n[[step]]\nid = "a"\ndepends_on = ["b"]\nrun_commands = { commands = "true" }\n'));
    const check = await until('the task', async () => {
      // The file is found by a search, which need not know of it yet.
      const tasks = await vscode.tasks.fetchTasks({ type: 'doppio' });
      return tasks.find((task) => task.definition.action === 'check');
    });
    assert.ok(check.execution instanceof vscode.ProcessExecution);
    assert.deepEqual(check.execution.args, ['check', '--', 'a b; $(touch trap).recipe.toml']);
    assert.ok(check.execution.process.endsWith('/server/doppio'));
    const ended = new Promise<number | undefined>((resolve) => {
      vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution.task.name === check.name) resolve(event.exitCode);
      });
    });
    await vscode.tasks.executeTask(check);
    assert.equal(await ended, 1);
    // The problem matcher reads what the program printed.
    await until('the problem of the task', () => codes(uri).includes('unknown-step'));
  },

  'a check that is switched off in the settings says nothing': async () => {
    const content = '[recipe]\nname = "a"\nversion = "first"\n\n[[step]]\nid = "a"\nsleep = { duration_secs = 1 }\n';
    const document = await vscode.workspace.openTextDocument({ language: 'doppio-recipe', content });
    const isFound = () => codes(document.uri).includes('version-not-semver');
    await until('the hint', isFound);
    const configuration = vscode.workspace.getConfiguration('doppio');
    await configuration.update('levels', { 'version-not-semver': 'off' }, vscode.ConfigurationTarget.Global);
    await until('the hint to go', () => !isFound());
    await configuration.update('levels', undefined, vscode.ConfigurationTarget.Global);
    await until('the hint to come back', isFound);
  },

  'what a variable stands for is shown behind it, unless that is switched off': async () => {
    const content = '[recipe]\nname = "a"\n\n[variables]\nmodel = "bert"\n\n[[step]]\nid = "a"\ntimeout_secs = 90\nssh_command = { command = "echo ${model}" }\n';
    const document = await vscode.workspace.openTextDocument({ language: 'doppio-recipe', content });
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    const shown = async (labels: string) => {
      const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, all);
      return hints.map(({ label }) => (typeof label === 'string' ? label : '?')).join() === labels;
    };
    await until('both hints', () => shown('= 1 minute 30 seconds,= bert'));
    const configuration = vscode.workspace.getConfiguration('doppio');
    await configuration.update('hints', { durations: false }, vscode.ConfigurationTarget.Global);
    await until('the value alone', () => shown('= bert'));
    await configuration.update('hints', undefined, vscode.ConfigurationTarget.Global);
    await until('both again', () => shown('= 1 minute 30 seconds,= bert'));
  },

  'a folder cannot name the program': async () => {
    const configuration = vscode.workspace.getConfiguration('doppio');
    await assert.rejects(async () => {
      await configuration.update('server.path', '/tmp/trap', vscode.ConfigurationTarget.Workspace);
    });
  },
};

/** What VS Code calls. */
export async function run(): Promise<void> {
  for (const [name, check] of Object.entries({ ...CHECKS, ...FEATURES })) {
    console.log(`CHECK begins ${name}`);
    try {
      await inTime(check());
      console.log(`CHECK ok ${name}`);
    } catch (error) {
      console.log(`CHECK failed ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
}

function codes(uri: vscode.Uri): string[] {
  return vscode.languages.getDiagnostics(uri).map(({ code }) => String(typeof code === 'object' ? code.value : code));
}

/** Fails if a check hangs in something that has no deadline of its own. */
async function inTime(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('it hangs'));
    }, LONGEST);
  });
  await Promise.race([check, late]).finally(() => {
    clearTimeout(timer);
  });
}
