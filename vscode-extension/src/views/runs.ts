// The runs that are kept, whoever started them: live while they go, with their logs afterwards.

import * as vscode from 'vscode';

import { plain } from '../run/text';
import { View, STATE_ICONS, opens, tell, type Node } from './view';
import { RUN_WORDS, count, moment, span, stepWords } from './words';
import type { Run, RunStep, RunsAnswer } from './wire';

export interface RunNode extends Node {
  run: Run;
}

export class RunsView extends View<RunsAnswer> {
  protected nodes(answer: RunsAnswer): Node[] {
    tell('runs', answer.runs.length === 0 ? 'none' : 'some');
    const running = answer.runs.filter((run) => run.status === 'running').length;
    this.tree.badge = running > 0 ? { value: running, tooltip: running === 1 ? '1 recipe is running' : `${running} recipes are running` } : undefined;
    const now = new Date();
    return answer.runs.map((run) => runNode(run, now));
  }
}

function runNode(run: Run, now: Date): RunNode {
  const isRunning = run.status === 'running';
  const name = plain(run.recipe);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState[isRunning ? 'Expanded' : 'Collapsed']);
  // Another id once it has ended: it folds then, unless somebody opened it.
  item.id = run.id;
  const words = state(run, now);
  item.description = words;
  item.iconPath = STATE_ICONS[run.status];
  item.contextValue = isRunning ? (run.ours ? 'run-ours' : 'run-other') : 'run-ended';
  item.tooltip = [`${name}: ${words}`, `Started ${moment(run.started, now)}`, run.target && `On ${plain(run.target)}`, run.id].filter(Boolean).join('\n');
  item.accessibilityInformation = { label: `Run of ${name}, ${words}` };
  return { item, run, children: run.steps.map((step) => stepNode(run, step, now)) };
}

function state(run: Run, now: Date): string {
  const where = run.target === null || run.target === 'local' ? '' : ` · ${plain(run.target)}`;
  if (run.status === 'running') {
    const done = run.steps.filter((step) => step.status !== 'waiting' && step.status !== 'running').length;
    return `running, ${done} of ${count(run.steps.length, 'step')} done${where}`;
  }
  const joined: Partial<Record<Run['status'], string>> = { success: ' in ', failed: ' after ', cancelled: ' after ' };
  const join = joined[run.status];
  const time = run.seconds === null || !join ? '' : join + span(run.seconds);
  return `${RUN_WORDS[run.status]}${time}${where} · ${moment(run.finished ?? run.started, now)}`;
}

function stepNode(run: Run, step: RunStep, now: Date): Node {
  const name = plain(step.name);
  const item = new vscode.TreeItem(name);
  item.id = `${run.id}/${step.id}`;
  const words = plain(stepWords(step, now));
  item.description = words;
  item.iconPath = STATE_ICONS[step.status];
  item.tooltip = [`${name}: ${words || RUN_WORDS.success}`, step.message && plain(step.message)].filter(Boolean).join('\n');
  item.accessibilityInformation = { label: `Step ${name}, ${step.status}${words && words !== step.status ? `, ${words}` : ''}` };
  if (run.uri !== null) item.command = opens(vscode.Uri.parse(run.uri), step.line - 1);
  item.contextValue = 'run-step';
  return { item };
}
