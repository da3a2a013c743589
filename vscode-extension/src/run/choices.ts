// What the user is offered when a run misses something, and what is remembered of the answers.

import { plain } from './text';
import type { WantedCommand } from './wire';

/** How many hosts are remembered. */
const MOST = 10;

/** The hosts that were run on, with this one first. */
export function withRecent(hosts: readonly string[], host: string): string[] {
  return [host, ...hosts.filter((other) => other !== host)].slice(0, MOST);
}

/** How many lines of what a run does fit into a dialog. */
const LINES = 24;

/** As much of a text as fits into a dialog. */
export function inShort(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= LINES) return text;
  return [...lines.slice(0, LINES), `… ${lines.length - LINES} more lines`].join('\n');
}

/** A line to choose from. */
export interface Choice {
  label: string;
  description?: string;
  command: WantedCommand;
}

/** Whether a command approves what the run does. */
export function isApproval(command: WantedCommand): boolean {
  return command.arguments[0]?.approve !== undefined;
}

/** The commands as lines: where they differ in the host, that is what they are called, and the recent ones come first. */
export function choices(commands: readonly WantedCommand[], recent: readonly string[]): Choice[] {
  const rank = (command: WantedCommand) => {
    const place = recent.indexOf(hostOf(command) ?? '');
    return place < 0 ? recent.length : place;
  };
  return commands
    .map((command): Choice => {
      const host = hostOf(command);
      const notes = [host === 'local' ? 'this machine' : '', rank(command) < recent.length ? 'used before' : ''];
      return { label: plain(host ?? command.title), description: notes.filter(Boolean).join(', '), command };
    })
    .sort((one, other) => rank(one.command) - rank(other.command));
}

/** Whether the question is where to run. */
export function asksForHost(commands: readonly WantedCommand[]): boolean {
  return commands.some((command) => hostOf(command) !== undefined);
}

/** The command that runs on a host that is not in the list; nothing if no host is missing. */
export function onAnotherHost(commands: readonly WantedCommand[], host: string): WantedCommand | undefined {
  const like = commands.find((command) => hostOf(command) !== undefined);
  return like && { ...like, arguments: [{ ...like.arguments[0], target: host }] };
}

/** Whether a run that took so long is worth a message to somebody who looks elsewhere. */
export function isWorthTelling(seconds: number, focused: boolean, after: number): boolean {
  return !focused && after > 0 && seconds > after;
}

function hostOf(command: WantedCommand): string | undefined {
  return command.arguments[0]?.target;
}
