// Takes the pictures that the README and the walkthrough show from those that the last end-to-end tests made:
// `node scripts/pictures.mjs`.

import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const PICTURES = ['run', 'problems', 'failed-step', 'hover', 'graph-running'];

const here = path.resolve(import.meta.dirname, '..');
const target = process.env.CARGO_TARGET_DIR ?? path.join(here, '../target');
const screens = path.join(here, 'images/screens');
mkdirSync(screens, { recursive: true });
for (const name of PICTURES) {
  for (const theme of ['light', 'dark']) {
    const file = `${name}-${theme}.png`;
    copyFileSync(path.join(target, 'vscode/screenshots', file), path.join(screens, file));
  }
}
