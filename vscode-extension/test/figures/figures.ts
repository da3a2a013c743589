// What the extension costs in the real editor: `npm run figures`. It prints medians of five and never
// fails for a figure. The package is that of the tests (scripts/test-vscode), with the debug server:
//
//   npm run figures -- --binary ../target/release/doppio     another server, such as the one that is released
//   npm run figures -- --rounds 1                            one round, to see that it works

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { Editor } from '../e2e/harness/editor';
import { processes } from '../e2e/harness/process';
import { until } from '../e2e/harness/wait';
import { World } from '../e2e/harness/world';
import { Probe } from './opening';

const KEYS = 40;

const step = (index: number) => `[[step]]\nid = "step${index}"\nrun_commands = { commands = "echo \${NAME} ${index}" }\n\n`;
const LONG = `[recipe]\nname = "long"\n\n[variables]\nNAME = "me"\n\n${Array.from({ length: 1000 }, (_, index) => step(index)).join('')}`;
const SHORT = '[recipe]\nname = "short"\n\n[[step]]\nid = "a"\ndepends_on = ["b"]\nrun_commands = { commands = "true" }\n';
/** Names that wake nobody before a file is opened: what is opened first is opened cold. */
const FILES = { 'cold.toml': SHORT, 'warm.toml': SHORT, 'long.toml': LONG, 'long.txt': LONG };

const { values: options } = parseArgs({ options: { binary: { type: 'string' }, rounds: { type: 'string', default: '5' } } });
const rounds = Number(options.rounds);
const binary = options.binary && path.resolve(options.binary);
const settings = binary ? { 'doppio.server.path': binary } : {};
console.log(`the server is ${binary ?? 'the debug build in the package'}`);

const seen: Record<string, number[]> = {};
const note = (name: string, value: number) => (seen[name] ??= []).push(value);

const world = await World.start();
const probe = await Probe.make();
try {
  for (let round = 0; round < rounds; round++) {
    const without = await Editor.open({ world, files: FILES, vsix: 'none' });
    await without.openFile('cold.toml');
    note('extension host without us, MB', memory('--type=extensionHost'));
    await without.close();

    const editor = await Editor.open({ world, files: FILES, settings, beside: [probe.vsix], env: probe.env });
    for (const start of ['cold', 'warm']) {
      const { applied, painted } = await probe.open(editor, `${start}.toml`);
      note(`${start}: document opened to first diagnostics, ms`, applied);
      note(`${start}: document opened to first squiggle painted, ms`, painted);
    }
    note('extension host with us, MB', memory('--type=extensionHost'));
    note('the server, MB', memory('lsp'));
    note('key to paint in plain text of 1,000 steps, ms', await keyToPaint(editor, 'long.txt'));
    note('key to paint in a recipe of 1,000 steps, ms', await keyToPaint(editor, 'long.toml'));
    // Last: its list takes the focus whenever it is drawn anew.
    note('activation, ms', await activation(editor));
    await editor.close();
    console.log(`round ${round + 1} of ${rounds}`);
  }
} finally {
  for (const [name, values] of Object.entries(seen)) {
    console.log(`${median(values).toFixed(1).padStart(8)}  ${name} (median of ${values.length})`);
  }
  await world.end();
}

/** What the editor itself says that our activation took. */
async function activation(editor: Editor): Promise<number> {
  await editor.command('Developer: Show Running Extensions');
  const row = editor.page.locator('.runtime-extensions-editor .extension', { hasText: 'Doppio Recipes' }).first();
  // The list holds only what is in sight, and we may be further down.
  await editor.page.locator('.runtime-extensions-editor .monaco-list-row').first().click();
  const text = await until('the time of activation', async () => {
    if ((await row.count()) === 0) await editor.page.keyboard.press('PageDown');
    else return /(\d+)\s*ms/.exec((await row.textContent()) ?? '')?.[1];
    return undefined;
  });
  return Number(text);
}

/** From a key to the frame that shows it: the median of some keys in the middle of a file. */
async function keyToPaint(editor: Editor, file: string): Promise<number> {
  await editor.openFile(file);
  await editor.goTo(2004, 1);
  await editor.page.evaluate(`
    globalThis.times = [];
    let pressed = 0;
    document.addEventListener('keydown', () => (pressed = performance.now()), true);
    const lines = document.querySelector('.editor-instance .view-lines');
    globalThis.observer = new MutationObserver(() => {
      const from = pressed;
      pressed = 0;
      if (from) requestAnimationFrame(() => times.push(performance.now() - from));
    });
    observer.observe(lines, { subtree: true, childList: true, characterData: true });
  `);
  for (let key = 0; key < KEYS; key++) {
    await editor.page.keyboard.type('#');
    await until('the key to be painted', async () => (await editor.page.evaluate<number>('times.length')) > key);
  }
  const times = await editor.page.evaluate<number[]>('observer.disconnect(), times');
  for (let key = 0; key < KEYS; key++) await editor.page.keyboard.press('Backspace');
  await editor.command('File: Save');
  return median(times);
}

/** Megabytes that belong to the processes with this word on their command line alone or in part. */
function memory(word: string): number {
  const shares = processes(world.home, (command) => command.includes(word)).map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
  });
  return shares.reduce((sum, share) => sum + share, 0);
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
