// What the panel says where there is nothing to show: in every such state it says what to do.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Editor, type Options } from './harness/editor';
import { Panel } from './harness/panel';
import { insist } from './harness/wait';
import { World } from './harness/world';

interface State {
  name: string;
  said: string[];
  keychain?: 'none' | 'locked';
  /** Whether the SSH configuration names one. */
  hosts?: boolean;
  options?: Partial<Options>;
}

const RECIPE = '[recipe]\nname = "train"\n';

const STATES: State[] = [
  { name: 'nothing', hosts: false, said: ['There is no recipe in this folder yet', 'Nothing has run yet', 'No host has a name yet'] },
  { name: 'no-folder', options: { opens: 'nothing' }, said: ['Open a folder to see its recipes'] },
  { name: 'no-keychain', keychain: 'none', said: ['This machine has no keychain that can be reached'] },
  { name: 'locked', keychain: 'locked', said: ['The keychain is locked'] },
  {
    name: 'untrusted',
    options: { trust: 'ask', files: { 'train.recipe.toml': RECIPE } },
    said: ['Recipes run only in folders that you trust', 'The keychain is asked only in folders that you trust', 'Hosts are listed and tested only'],
  },
];

for (const { name, said, keychain, hosts = true, options } of STATES) {
  test(`${name}: there is a welcome that says what to do`, async () => {
    const world = await World.start({ keychain: keychain !== 'none' });
    if (keychain === 'locked') await world.keychain('lock');
    if (!hosts) rmSync(path.join(world.home, '.ssh/config'));
    const editor = await Editor.open({ world, files: { 'README.md': 'Nothing yet.\n' }, ...options });
    try {
      await editor.seen(`welcome-${name}`, async () => {
        if (options?.trust === 'ask') await editor.dialog.locator('.monaco-button', { hasText: 'No, I' }).click();
        const panel = await Panel.open(editor);
        for (const words of said) await panel.welcome(words).waitFor();
        // What needs no trust is there.
        if (options?.trust === 'ask') await panel.row('train').waitFor();
        await editor.screenshot(`welcome-${name}`);
        assert.deepEqual(await panel.nameless(), []);
      });
    } finally {
      await editor.close();
      await world.end();
    }
  });
}

test('the walkthrough has its five steps', async () => {
  const world = await World.start({ keychain: false });
  const editor = await Editor.open({ world, files: { 'README.md': 'Nothing yet.\n' } });
  try {
    await editor.seen('walkthrough', async () => {
      await editor.choose('Get Started with Doppio', () => editor.command('Welcome: Open Walkthrough...'));
      const steps = editor.page.locator('.gettingStartedDetailsContent .getting-started-step');
      await steps.nth(4).waitFor();
      assert.equal(await steps.count(), 5);
      await editor.screenshot('walkthrough');
      await insist('the last step', async (timeout) => {
        await steps.nth(4).click({ timeout });
        await editor.page.getByRole('button', { name: 'Show Runs' }).click({ timeout });
      });
      await editor.page.locator('.sidebar .pane-header', { hasText: 'Runs' }).waitFor();
    });
  } finally {
    await editor.close();
    await world.end();
  }
});
