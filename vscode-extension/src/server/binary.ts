// Which program is the server: the one in the package, unless the user's own settings name another.

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

export interface Binary {
  readonly path: string;
  /** Whether it came with the extension. */
  readonly bundled: boolean;
}

/** Why there is no program. */
export interface NoBinary {
  readonly why: string;
}

export function findBinary(context: vscode.ExtensionContext): Binary | NoBinary {
  const chosen = chosenPath();
  if (chosen) {
    return isProgram(chosen) && path.isAbsolute(chosen)
      ? { path: chosen, bundled: false }
      : { why: `doppio.server.path is ${chosen}, which is no program on this machine.` };
  }
  const bundled = context.asAbsolutePath(path.join('server', executable()));
  return isProgram(bundled)
    ? { path: bundled, bundled: true }
    : { why: 'This package of the extension comes without the doppio program.' };
}

/** The user's own choice. What a folder's settings say about programs is never read. */
function chosenPath(): string | undefined {
  const setting = vscode.workspace.getConfiguration('doppio').inspect<string>('server.path');
  const chosen = vscode.workspace.isTrusted ? setting?.globalValue?.trim() : undefined;
  return chosen === '' ? undefined : chosen;
}

function executable(): string {
  return process.platform === 'win32' ? 'doppio.exe' : 'doppio';
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
