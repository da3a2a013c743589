// The hosts that have a name. Whether one can be reached is asked for, never found out unasked.

import * as vscode from 'vscode';

import { plain } from '../run/text';
import { View, icon, tell, type Node } from './view';
import { moment } from './words';
import type { Host, HostsAnswer } from './wire';

export interface HostNode extends Node {
  host: Host;
}

export class HostsView extends View<HostsAnswer> {
  protected nodes(answer: HostsAnswer): Node[] {
    const named = answer.hosts.filter((host) => host.source !== 'local');
    tell('hosts', named.length === 0 ? 'none' : 'some');
    this.tree.message = plain(answer.message ?? '');
    // This machine alone is nothing to look after: the welcome text says how to add one.
    return named.length === 0 && answer.message === null ? [] : answer.hosts.map(hostNode);
  }
}

const SOURCES: Record<Host['source'], string> = { local: 'this machine', hostsFile: 'hosts.toml', sshConfig: 'SSH configuration' };

function hostNode(host: Host): HostNode {
  const name = plain(host.id);
  const item = new vscode.TreeItem(name);
  item.id = `${host.source}/${host.id}`;
  const words = state(host);
  item.description = words;
  item.iconPath = stateIcon(host);
  const { reachable } = host;
  item.contextValue = `host-${host.source}${reachable?.fingerprint ? '-unknown' : ''}`;
  item.tooltip = [
    `${name} (${SOURCES[host.source]})`,
    address(host),
    reachable && `${plain(reachable.message)} (${moment(reachable.at, new Date())})`,
  ].filter(Boolean).join('\n');
  item.accessibilityInformation = { label: `Host ${name}, ${words}` };
  return { item, host };
}

function state(host: Host): string {
  if (host.testing) return 'testing…';
  const { reachable } = host;
  if (reachable?.ok) return `reached ${moment(reachable.at, new Date())}`;
  if (reachable?.fingerprint) return 'its key is not known yet';
  if (reachable) return plain(reachable.message);
  return host.source === 'local' ? SOURCES.local : (address(host) ?? SOURCES[host.source]);
}

function stateIcon(host: Host): vscode.ThemeIcon {
  if (host.testing) return icon('loading~spin');
  if (host.reachable?.ok) return icon('pass', 'testing.iconPassed');
  if (host.reachable?.fingerprint) return icon('shield', 'list.warningForeground');
  if (host.reachable) return icon('error', 'testing.iconFailed');
  return icon(host.source === 'local' ? 'device-desktop' : 'server');
}

function address(host: Host): string | undefined {
  if (host.hostname === null) return undefined;
  const user = host.user === null ? '' : `${host.user}@`;
  return plain(`${user}${host.hostname}${host.port === null ? '' : `:${host.port}`}`);
}
