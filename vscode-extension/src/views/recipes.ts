// The recipes of the workspace, their steps, and how they ran last.

import * as vscode from 'vscode';

import { plain } from '../run/text';
import { View, STATE_ICONS, icon, opens, tell, type Node } from './view';
import { RUN_WORDS, count, moment } from './words';
import type { Recipe, RecipesAnswer } from './wire';

export interface RecipeNode extends Node {
  uri: vscode.Uri;
  step?: string;
}

export class RecipesView extends View<RecipesAnswer> {
  protected nodes(answer: RecipesAnswer): Node[] {
    tell('recipes', answer.scanning ? 'scanning' : answer.recipes.length === 0 ? 'none' : 'some');
    this.tree.message = plain(answer.message ?? '');
    return answer.recipes.map(recipeNode);
  }
}

function recipeNode(recipe: Recipe): RecipeNode {
  const uri = vscode.Uri.parse(recipe.uri);
  const name = plain(recipe.name);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = recipe.uri;
  const words = state(recipe);
  item.description = words;
  item.iconPath = iconOf(recipe);
  item.contextValue = recipe.readable ? 'recipe' : 'unreadable';
  item.tooltip = `${vscode.workspace.asRelativePath(uri)}\n${words}`;
  item.accessibilityInformation = { label: `Recipe ${name}, ${words}` };
  item.command = opens(uri);
  return { item, uri, children: recipe.steps.map((step) => stepNode(uri, step)) };
}

function iconOf(recipe: Recipe): vscode.ThemeIcon {
  if (recipe.errors > 0 || !recipe.readable) return icon('warning', 'list.errorForeground');
  return recipe.lastRun ? STATE_ICONS[recipe.lastRun.status] : icon('notebook');
}

function state(recipe: Recipe): string {
  if (!recipe.readable) return 'cannot be read';
  const steps = count(recipe.steps.length, 'step');
  if (recipe.errors > 0) return `${steps} · ${count(recipe.errors, 'error')}`;
  const { lastRun } = recipe;
  if (!lastRun) return recipe.warnings > 0 ? `${steps} · ${count(recipe.warnings, 'warning')}` : steps;
  const when = lastRun.finished ? ` ${moment(lastRun.finished, new Date())}` : '';
  return `${steps} · ${RUN_WORDS[lastRun.status]}${when}`;
}

function stepNode(uri: vscode.Uri, step: Recipe['steps'][number]): RecipeNode {
  const name = plain(step.name || '(no id)');
  const item = new vscode.TreeItem(name);
  item.description = step.operation ?? 'no operation';
  item.iconPath = icon('symbol-event');
  const { start, end } = step.range;
  item.command = opens(uri, start.line, start.character, end.line, start.character);
  item.contextValue = step.id === null ? 'step-without-id' : 'step';
  item.accessibilityInformation = { label: `Step ${name}, ${item.description}` };
  return step.id === null ? { item, uri } : { item, uri, step: step.id };
}
