// Asks the user for what a run misses: the host, values of variables, or a decision.

import * as vscode from 'vscode';

import { approves } from './approve';
import { asksForHost, choices, isApproval, onAnotherHost, type Choice } from './choices';
import { plain } from './text';
import type { RunArguments, RunWantsParams, WantedCommand } from './wire';

/** The command that the user chose, with what it asks for filled in; nothing if they chose none. */
export async function askForWants(wants: RunWantsParams, name: string, recent: readonly string[]): Promise<WantedCommand | undefined> {
  const chosen = await choose(wants, name, recent);
  if (!chosen) return undefined;
  if (wants.approval && isApproval(chosen) && !(await approves(name, wants.approval))) return undefined;
  return await withVariables(chosen);
}

async function choose(wants: RunWantsParams, name: string, recent: readonly string[]): Promise<WantedCommand | undefined> {
  // Left empty, the box does what `Run with … empty` offers. What else is missing the next try asks for.
  const asking = wants.commands.find((command) => command.asks?.length);
  if (asking) return asking;
  const only = wants.commands.length === 1 ? wants.commands[0] : undefined;
  if (only && isApproval(only)) return only;
  const forHost = asksForHost(wants.commands);
  const items: (Choice | { label: string; command?: undefined })[] = choices(wants.commands, recent);
  if (forHost) items.push({ label: 'Another host…' });
  const picked = await vscode.window.showQuickPick(items, {
    title: forHost ? `Run ${name} on Which Host?` : plain(wants.message.replaceAll('\n', ' ')),
    placeHolder: forHost ? 'The host that ${target} stands for' : 'How shall it go on?',
    ignoreFocusOut: true,
  });
  return picked && !picked.command ? await anotherHost(wants, name) : picked?.command;
}

async function anotherHost(wants: RunWantsParams, name: string): Promise<WantedCommand | undefined> {
  const host = await vscode.window.showInputBox({
    title: `Run ${name} on Which Host?`,
    prompt: 'A name from doppio host add or ~/.ssh/config, or [user@]host[:port]',
    ignoreFocusOut: true,
  });
  return host ? onAnotherHost(wants.commands, host.trim()) : undefined;
}

/** Fills in the variables that a command asks for. */
async function withVariables(command: WantedCommand): Promise<WantedCommand | undefined> {
  const names = command.asks ?? [];
  const vars: Record<string, string> = { ...command.arguments[0]?.vars };
  for (const [index, name] of names.entries()) {
    const value = await vscode.window.showInputBox({
      title: `Value of ${plain(name)}${names.length > 1 ? ` (${index + 1} of ${names.length})` : ''}`,
      prompt: 'Goes into the run as it stands. Nothing secret belongs here.',
      value: vars[name] ?? '',
      ignoreFocusOut: true,
    });
    if (value === undefined) return undefined;
    vars[name] = value;
  }
  return names.length === 0 ? command : { ...command, arguments: [{ ...command.arguments[0], vars } satisfies Partial<RunArguments>] };
}
