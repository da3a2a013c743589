// Calls the doppio program for a person, and says what it says if it fails.

import * as vscode from 'vscode';

import { plain } from '../run/text';
import type { Server } from '../server/server';
import { runDoppio } from '../server/tool';

/** Whether it did what it should. */
export async function doppio(server: Server, args: readonly string[], input = ''): Promise<boolean> {
  const { binary } = server;
  if (!binary) {
    void vscode.window.showErrorMessage('There is no doppio program on this machine.');
    return false;
  }
  const { code, words } = await runDoppio(binary, args, input, (warning) => {
    void vscode.window.showWarningMessage(plain(warning));
  });
  if (code === 0) return true;
  void vscode.window.showErrorMessage(plain(words.replace(/^error: /, '').replace('\nhelp: ', '. ').replaceAll('\n', ' ')));
  return false;
}
