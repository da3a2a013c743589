// Takes the pictures that the README and the walkthrough show from those that the last end-to-end tests made:
// `node scripts/pictures.mjs`.

import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** By the name of the test's picture. */
const PICTURES = { run: 'run', problems: 'problems', 'failed-step': 'failed-step', hover: 'hover', 'graph-running': 'graph-running', runs: 'panel' };

const here = path.resolve(import.meta.dirname, '..');
const target = process.env.CARGO_TARGET_DIR ?? path.join(here, '../target');
const screens = path.join(here, 'images/screens');
mkdirSync(screens, { recursive: true });
for (const [name, shown] of Object.entries(PICTURES)) {
  for (const theme of ['light', 'dark']) {
    copyFileSync(path.join(target, 'vscode/screenshots', `${name}-${theme}.png`), path.join(screens, `${shown}-${theme}.png`));
  }
}
