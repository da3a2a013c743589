// The program that is the server: one that does not work, one that is older, none at all, and one that
// somebody chooses.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { Panel } from './harness/panel';
import { places } from './harness/places';
import { insist, until } from './harness/wait';
import { World } from './harness/world';

const RECIPE = '[recipe]\nname = "train"\n\n[[step]]\nid = "a"\ndepends_on = ["b"]\nsleep = { duration_secs = 1 }\n';

/** As long as our version, so that the length of a message stays. */
const OLDER = '0.0.9';

let world: World;
let editor: Editor;
let panel: Panel;
/** What `doppio.server.path` names. */
let program: string;

before(async () => {
  world = await World.start({ keychain: false });
  program = path.join(world.home, 'doppio');
  write('#!/bin/sh\nexit 1\n');
  editor = await Editor.open({ world, files: { 'train.recipe.toml': RECIPE }, settings: { 'doppio.server.path': program } });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('a program that only ends is started a few times, then given up, and that is said', () =>
  editor.seen('failed', async () => {
    panel = await Panel.open(editor);
    await editor.notice('has crashed several times and was not started again');
    for (const view of ['Recipes', 'Runs', 'Secrets', 'Hosts']) {
      await panel.header(view).locator('..').getByText('has stopped and was not started again').waitFor();
    }
    await editor.screenshot('welcome-failed');
    await editor.clearNotices();
  }));

test('a program that is older is used, and that it is older is said', () =>
  editor.seen('older', async () => {
    write(older());
    const said = editor.notifications.filter({ hasText: `is Doppio ${OLDER}, older than this extension` });
    // What a view says is drawn anew whenever the server says something.
    await insist('the server', async (timeout) => {
      if (!(await said.isVisible())) await panel.welcome('was not started again').getByRole('button', { name: 'Restart Server' }).click({ timeout });
      await said.waitFor({ timeout });
    });
    await panel.row('train', '1 error').waitFor();
    await editor.screenshot('older-server');
    await editor.clearNotices();
  }));

test('where there is none one is chosen, and used at once', () =>
  editor.seen('chosen', async () => {
    rmSync(program);
    await editor.command('Doppio: Restart Server');
    await editor.notice('which is no program on this machine');
    await panel.welcome('There is no Doppio program on this machine').waitFor();
    await editor.screenshot('welcome-no-server');
    const chooser = editor.quickInput.getByText('The doppio program');
    await insist('the list of files', async (timeout) => {
      if (!(await chooser.isVisible())) await panel.welcome('There is no Doppio program').getByRole('button', { name: 'Choose Program…' }).click({ timeout });
      await chooser.waitFor({ timeout });
    });
    const input = editor.quickInput.locator('input').first();
    await until('the folder that it begins with', async () => (await input.inputValue()).endsWith('/work/'));
    // It follows into the folder first, and may put that into the box over what is typed.
    await insist('the program', async (timeout) => {
      await input.fill(places.doppio());
      await editor.quickInput.locator('.label-name', { hasText: /^doppio$/ }).waitFor({ timeout });
    });
    await editor.quickInput.getByRole('button', { name: 'Use as Server' }).click();
    await panel.row('train', '1 error').waitFor();
    const settings = () => readFileSync(path.join(editor.folder, '../user/Machine/settings.json'), 'utf8');
    await until('the setting', () => settings().includes(places.doppio()));
  }));

function write(text: string): void {
  writeFileSync(program, text, { mode: 0o755 });
}

/** Ours, which says of itself that it is older. */
function older(): string {
  const ours = world.doppio('--version').trim().split(' ').at(-1) ?? '';
  assert.equal(ours.length, OLDER.length);
  return `#!${places.node()}
    const server = require('node:child_process').spawn(${JSON.stringify(places.doppio())}, process.argv.slice(2), { stdio: ['pipe', 'pipe', 'inherit'] });
    process.stdin.pipe(server.stdin);
    server.stdout.on('data', (data) => process.stdout.write(data.toString('latin1').replace('"version":"${ours}"', '"version":"${OLDER}"'), 'latin1'));
    server.on('exit', (code) => process.exit(code ?? 1));
  `;
}
