// Tasks of type `doppio`: a run or check of a recipe as a process in a task terminal, with its
// command line as a list, never as shell text.

import * as vscode from 'vscode';

import { LANGUAGE } from '../language/recognise';
import type { Server } from '../server/server';
import { commandLine, isDefinition, title, type Definition } from './task-line';

/** How many recipes of a folder become tasks by themselves. */
const MOST = 100;

export function registerTasks(server: Server): vscode.Disposable {
  return vscode.tasks.registerTaskProvider('doppio', {
    provideTasks: async () => {
      const recipes = await vscode.workspace.findFiles('**/{*.recipe.toml,recipes/*.toml,.doppio/*.toml}', undefined, MOST);
      const definitions = recipes.flatMap((recipe) => {
        const folder = vscode.workspace.getWorkspaceFolder(recipe);
        if (!folder) return [];
        const name = vscode.workspace.asRelativePath(recipe, false);
        return (['run', 'check'] as const).map((action) => ({ folder, definition: { type: 'doppio', recipe: name, action } }));
      });
      return definitions.flatMap(({ folder, definition }) => task(server, folder, definition) ?? []);
    },
    resolveTask: (given) => {
      const folder = typeof given.scope === 'object' ? given.scope : vscode.workspace.workspaceFolders?.[0];
      // The definition must stay the very object that was given, so that the task is recognised.
      return folder && isDefinition(given.definition) ? task(server, folder, given.definition) : undefined;
    },
  });
}

function task(server: Server, folder: vscode.WorkspaceFolder, definition: Definition & vscode.TaskDefinition): vscode.Task | undefined {
  const binary = server.binary;
  if (!binary || !vscode.workspace.isTrusted) return undefined;
  const execution = new vscode.ProcessExecution(binary.path, commandLine(definition), { cwd: folder.uri.fsPath });
  const task = new vscode.Task(definition, folder, title(definition), 'doppio', execution, '$doppio');
  if (definition.action === 'check') task.group = vscode.TaskGroup.Build;
  task.detail = LANGUAGE;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true };
  return task;
}
