// What people do with hosts.

import * as vscode from 'vscode';

import { plain } from '../run/text';
import type { Server } from '../server/server';
import type { HostNode, HostsView } from './hosts';
import { doppio } from './tool';

export function registerHostCommands(server: Server, view: HostsView): vscode.Disposable {
  const register = vscode.commands.registerCommand;
  const done = (promise: Promise<boolean>) =>
    promise.then(() => {
      view.refresh();
    });
  return vscode.Disposable.from(
    register('doppio.host.test', (node: HostNode) => server.execute('doppio.testHost', { host: node.host.id })),
    register('doppio.host.trust', (node: HostNode) => done(trust(server, node))),
    register('doppio.host.add', () => done(add(server))),
    register('doppio.host.remove', (node: HostNode) => done(remove(server, node))),
  );
}

/** Records the key that the last test saw, once a person has compared it: that one and no other. */
async function trust(server: Server, { host }: HostNode): Promise<boolean> {
  const fingerprint = host.reachable?.fingerprint;
  if (!fingerprint) return false;
  const name = plain(host.id);
  const detail = `${plain(fingerprint)}\n\nCompare it with the fingerprint that the owner of the host gave you. If they differ, somebody may be listening in.`;
  const answer = await vscode.window.showWarningMessage(`Trust the key of ${name} from now on?`, { modal: true, detail }, 'Trust Key');
  if (answer !== 'Trust Key') return false;
  const isKnown = await doppio(server, ['host', 'trust', '--accept', fingerprint, '--', host.id]);
  if (isKnown) await server.execute('doppio.testHost', { host: host.id });
  return isKnown;
}

async function add(server: Server): Promise<boolean> {
  const name = await vscode.window.showInputBox({
    title: 'Add Host (1 of 2)',
    prompt: 'The name that recipes use for it, such as gpu-1',
    ignoreFocusOut: true,
  });
  if (!name) return false;
  const address = await vscode.window.showInputBox({
    title: `Add Host ${plain(name)} (2 of 2)`,
    prompt: 'Where it is: [user@]host[:port]',
    placeHolder: 'root@203.0.113.7:40022',
    ignoreFocusOut: true,
  });
  return address ? await doppio(server, ['host', 'add', '--', name.trim(), address.trim()]) : false;
}

async function remove(server: Server, { host }: HostNode): Promise<boolean> {
  const detail = 'Its line in hosts.toml goes. The host itself is left alone.';
  const answer = await vscode.window.showWarningMessage(`Remove the host ${plain(host.id)}?`, { modal: true, detail }, 'Remove');
  return answer === 'Remove' ? await doppio(server, ['host', 'remove', '--', host.id]) : false;
}
