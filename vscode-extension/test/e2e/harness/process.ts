// Child processes that end with their test, with all that they started.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';

/** A child at the head of a process group of its own. */
export class Group {
  readonly child: ChildProcess;
  /** What it has said so far, on both of its outputs. */
  said = '';

  constructor(command: string, args: string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    }
    groups.add(this);
  }

  /** Waits for its end; one that fails throws what it said. */
  async done(): Promise<void> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    groups.delete(this);
    if (this.child.exitCode !== 0) throw new Error(`${this.child.spawnargs.join(' ')} failed:\n${this.said}`);
  }

  end(): void {
    groups.delete(this);
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}

const groups = new Set<Group>();
process.on('exit', () => {
  for (const group of groups) group.end();
});

/** The processes that live in this home and whose command line is wanted. */
export function processes(home: string, isWanted: (command: string[]) => boolean): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      return environment.includes(`HOME=${home}`) && isWanted(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'));
    } catch {
      return false; // it has ended meanwhile
    }
  });
}
