// Where the parts of the tests are: what `scripts/install-test-parts` and `cargo build` made.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');

/** The same folder as in `scripts/install-test-parts`. */
const cache =
  process.env.DOPPIO_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'doppio-tests');

export const places = {
  /** The binary under test, as it was built for the other tests. */
  doppio: () => found(path.join(target, 'debug/doppio'), 'cargo build'),
  testkitParts: () => found(path.join(target, 'debug/testkit-parts'), 'cargo build -p doppio-testkit'),
  /** The package under test. */
  vsix: () => found(path.join(target, 'vscode/doppio-test.vsix'), 'npm run package -- --test'),
  /** What is in that package, unpacked. */
  stage: () => found(path.join(target, 'vscode/stage'), 'npm run package -- --test'),
  node: () => found(path.join(cache, 'vscode/bin/node'), 'scripts/install-test-parts'),
  codeServer: () =>
    found(path.join(cache, 'vscode/node_modules/code-server/out/node/entry.js'), 'scripts/install-test-parts'),
  chromium: () => found('/usr/bin/chromium', 'scripts/install-test-parts'),
  /** Where the screenshots go. */
  screenshots: path.join(target, 'vscode/screenshots'),
  root,
};

function found(file: string, remedy: string): string {
  if (!existsSync(file)) throw new Error(`${file} is missing: run ${remedy}`);
  return file;
}
