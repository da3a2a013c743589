// One call of the doppio program: its arguments as a list, what it is told on standard input.

import { spawn } from 'node:child_process';
import * as os from 'node:os';
import { createInterface } from 'node:readline';

import type { Binary } from './binary';

export interface Outcome {
  /** The exit code; nothing if a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  /** What it said on standard error, without colours and without warnings. */
  readonly words: string;
}

/** Runs it to its end; `warned` hears its warnings as they come: some say what to do meanwhile. */
export function runDoppio(
  binary: Binary,
  args: readonly string[],
  input = '',
  warned: (words: string) => void = () => undefined,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1' };
    const child = spawn(binary.path, args, { cwd: os.homedir(), env, stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    const words: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.startsWith('warning: ')) warned(line.slice('warning: '.length));
      else words.push(line);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, out, words: words.join('\n').trim() });
    });
    // A program that reads nothing may have ended by now.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
