// The world around the editor: a keychain and a host of the test's own, brought up by the same
// testkit that the Rust tests use.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';

import { places } from './places';

interface Parts {
  home: string;
  env: Record<string, string>;
  host: string;
  hostHome: string;
  port: number;
}

export class World {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: Interface,
    private readonly parts: Parts,
  ) {}

  static async start({ keychain = true } = {}): Promise<World> {
    const child = spawn(places.testkitParts(), keychain ? [] : ['--no-keychain'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    return new World(child, lines, JSON.parse(line) as Parts);
  }

  /** The `HOME` of whoever lives in it; its `.ssh` knows the host. */
  get home(): string {
    return this.parts.home;
  }

  /** How the host is called in `.ssh/config`. */
  get host(): string {
    return this.parts.host;
  }

  /** The home on the host: a folder of this machine. */
  get hostHome(): string {
    return this.parts.hostHome;
  }

  /** The environment of a program that lives in it. */
  get env(): NodeJS.ProcessEnv {
    const { PATH, LANG, CARGO_TARGET_DIR } = process.env;
    return { PATH, LANG, CARGO_TARGET_DIR, ...this.parts.env, SSH_AUTH_SOCK: undefined };
  }

  /** Has the keychain do something. */
  async keychain(what: 'lock' | 'unlock' | 'mute' | 'kill'): Promise<void> {
    this.child.stdin?.write(`${what}\n`);
    await once(this.lines, 'line');
  }

  /** Stores a secret with secret-tool, the witness that is not ours. */
  store(name: string, value: string): void {
    this.secretTool(['store', '--label', name, ...attributes(name)], value);
  }

  /** What secret-tool finds under a name. */
  lookup(name: string): string | undefined {
    try {
      return this.secretTool(['lookup', ...attributes(name)]);
    } catch {
      return undefined;
    }
  }

  /** Runs the binary under test as a person does in a terminal. */
  doppio(...args: string[]): string {
    return execFileSync(places.doppio(), args, { env: this.env, encoding: 'utf8' });
  }

  /** Makes an empty file. */
  touch(...parts: string[]): void {
    writeFileSync(path.join(...parts), '');
  }

  async end(): Promise<void> {
    // It ends what it started when its input ends.
    this.child.stdin?.end();
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }

  private secretTool(args: string[], input = ''): string {
    return execFileSync('secret-tool', args, { env: this.env, input, encoding: 'utf8' });
  }
}

function attributes(name: string): string[] {
  return ['service', 'dev.doppio.secrets', 'username', name];
}
