// The report that people copy into an issue: versions, states, settings and the end of the log,
// without names of people and places, and not at all if a stored secret is in it.

import * as os from 'node:os';
import * as vscode from 'vscode';

import { redact } from './redact';
import type { Log } from './log';
import type { Server } from './server';
import { runDoppio } from './tool';

export async function copyReport(context: vscode.ExtensionContext, server: Server, log: Log): Promise<void> {
  const binary = server.binary;
  if (!binary) {
    void vscode.window.showErrorMessage('No report was copied: without the doppio program nobody can check it for secrets.');
    return;
  }
  const report = await write(context, server, log);
  const checked = await runDoppio(binary, ['secret', 'scan'], report);
  if (checked.code === 0) {
    await vscode.env.clipboard.writeText(report);
    void vscode.window.showInformationMessage('The report is in the clipboard. Read it before you paste it: it goes nowhere by itself.');
  } else {
    // Names of secrets at most: the program never says a value.
    const why = checked.words.split('\n')[0]?.replace(/^error: (the text)?/, (_, text) => (text ? 'it' : ''));
    void vscode.window.showErrorMessage(`No report was copied: ${why ?? 'it could not be checked'}.`, 'OK');
  }
}

async function write(context: vscode.ExtensionContext, server: Server, log: Log): Promise<string> {
  const { version } = context.extension.packageJSON as { version: string };
  const folders = vscode.workspace.workspaceFolders ?? [];
  const facts = [
    ['extension', version],
    ['server', `${server.version ?? 'unknown'}, ${server.state}, ${server.binary?.bundled ? 'from the package' : 'from doppio.server.path'}`],
    ['editor', `${vscode.env.appName} ${vscode.version}, ${vscode.env.uiKind === vscode.UIKind.Web ? 'web' : 'desktop'}`],
    ['machine', `${os.platform()} ${os.arch()} ${os.release()}, remote: ${vscode.env.remoteName ?? 'no'}`],
    ['folders', `${folders.length}, ${vscode.workspace.isTrusted ? 'trusted' : 'not trusted'}`],
    ['settings', changedSettings(context)],
    ['keychain', await keychain(server)],
  ];
  const text = [
    'Doppio diagnostics report',
    ...facts.map(([name, value]) => `${name}: ${value}`),
    '',
    'the end of the log:',
    ...log.lines(),
  ].join('\n');
  return redact(text, {
    home: os.homedir(),
    user: os.userInfo().username,
    machine: os.hostname(),
    folders: folders.map((folder) => folder.uri.fsPath),
  });
}

/** The settings that are not as they come. A path is only said to be set. */
function changedSettings(context: vscode.ExtensionContext): string {
  const contributed = context.extension.packageJSON as { contributes: { configuration: { properties: Record<string, { default: unknown }> } } };
  const configuration = vscode.workspace.getConfiguration();
  const changed = Object.entries(contributed.contributes.configuration.properties).flatMap(([name, { default: usual }]) => {
    const value: unknown = configuration.get(name);
    if (JSON.stringify(value) === JSON.stringify(usual)) return [];
    return [name.endsWith('path') ? `${name} is set` : `${name} = ${JSON.stringify(value)}`];
  });
  return changed.join(', ') || 'as they come';
}

async function keychain(server: Server): Promise<string> {
  const binary = server.binary;
  if (!binary) return 'unknown';
  const status = await runDoppio(binary, ['secret', 'status']);
  return status.out.split('\n')[0]?.replace(/^Keychain:\s*/, '') ?? 'unknown';
}
