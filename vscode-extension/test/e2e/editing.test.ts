// How a recipe is changed as a whole: names, the order of steps, style, and the ways through it. What can be asked
// without a screen is in test/host/features.ts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { insist, until } from './harness/wait';
import { World } from './harness/world';

const TRAIN = `[recipe]
name = "train"

[[step]]
id = "report"
depends_on = ["train"]
run_commands = { commands = "echo done", env = { KEY = "\${secret:wandb/api_key}" } }

[[step]]
id = "train"
depends_on = ["fetch"]
timeout_secs = "3600"
run_commands = { commands = "train", env = { KEY = "\${secret:wandb/api_key}" } }

[[step]]
id = "fetch"
timeout_secs = "60"
sleep = { duration_secs = 1 }
`;

const FILES = {
  'train.recipe.toml': TRAIN,
  'other.recipe.toml': '[recipe]\nname = "other"\n\n[[step]]\nid = "only"\nrun_commands = { commands = "true", env = { KEY = "${secret:wandb/api_key}" } }\n',
  'odd.recipe.toml': '[recipe]\nname="odd"\n\n[[step]]\nid="a"\nsleep={duration_secs=1}\n',
};

let world: World;
let editor: Editor;

before(async () => {
  world = await World.start();
  world.store('wandb/api_key', 'made-up');
  editor = await Editor.open({ world, files: FILES, settings: { 'editor.linkedEditing': true } });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('steps are sorted and mistakes mended from the Source Action menu', () =>
  editor.seen('source-action', async () => {
    await editor.openFile('train.recipe.toml');
    await editor.page.locator('.squiggly-error').first().waitFor();
    await editor.cursorAfter('name = "train');
    const ask = () => editor.command('Source Action...');
    await editor.offered('Sort steps in the order they run', async (row, timeout) => {
      await editor.screenshot('source-action');
      await row.click({ timeout });
    }, ask);
    await editor.page.locator('.tab.active.dirty').waitFor();
    await editor.quickFix('Fix all', ask);
    await line('timeout_secs = 3600').waitFor();
    await line('timeout_secs = 60').waitFor();
    await editor.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    await save();
    assert.deepEqual(onDisk('train.recipe.toml').match(/(?<=^id = ")\w+/gm), ['fetch', 'train', 'report']);
  }));

test('a selection is formatted, and nothing beside it', () =>
  editor.seen('format-selection', async () => {
    await editor.openFile('odd.recipe.toml');
    await editor.seesLens('Run recipe');
    await editor.goTo(5, 1);
    await editor.page.keyboard.press('Shift+End');
    await editor.page.locator('.statusbar-item', { hasText: '(6 selected)' }).waitFor();
    await insist('the style of the selection', async (timeout) => {
      await editor.keys('Control+K', 'Control+F')();
      await line('id = "a"').waitFor({ timeout });
    });
    await save();
    assert.equal(onDisk('odd.recipe.toml'), FILES['odd.recipe.toml'].replace('id="a"', 'id = "a"'));
  }));

test('a step has a new name wherever it is named', () =>
  editor.seen('rename-step', async () => {
    await editor.openFile('train.recipe.toml');
    await editor.cursorAfter('id = "tra');
    await rename('teach', 'rename');
    await line('depends_on = ["teach"]').waitFor();
    await save();
    assert.equal(onDisk('train.recipe.toml').match(/"teach"/g)?.length, 2);
  }));

test('a secret has a new name in both recipes, and the keychain after somebody has said so', () =>
  editor.seen('rename-secret', async () => {
    await editor.cursorAfter('${secret:wandb/');
    await rename('wandb/team_key');
    await until('the name in the other recipe', () => onDisk('other.recipe.toml').includes('${secret:wandb/team_key}'));
    await save();
    assert.equal(onDisk('train.recipe.toml').match(/\$\{secret:wandb\/team_key\}/g)?.length, 2);
    await editor.notice("The keychain still has 'wandb/api_key'");
    await editor.screenshot('rename-secret');
    await editor.clearNotices();
    await editor.cursorAfter('${secret:wandb/');
    await editor.quickFix('Rename');
    await until('the name in the keychain', () => world.lookup('wandb/team_key') === 'made-up');
    assert.equal(world.lookup('wandb/api_key'), undefined);
    await editor.clearNotices();
  }));

test('what refers to an id follows while it is typed', () =>
  editor.seen('linked-editing', async () => {
    await editor.cursorAfter('id = "teach');
    await insist('the places that are linked', async (timeout) => {
      // They are asked for when the cursor comes there.
      await editor.keys('ArrowLeft', 'ArrowRight')();
      await editor.page.locator('.editor-instance .linked-editing-decoration').first().waitFor({ timeout });
    });
    await editor.page.keyboard.type('er');
    await line('id = "teacher"').waitFor();
    await line('depends_on = ["teacher"]').waitFor();
    await save();
  }));

test('uses of a name are listed, and the parts of a recipe lead to it', () =>
  editor.seen('ways', async () => {
    await editor.cursorAfter('${secret:wandb/');
    const uses = editor.page.locator('.zone-widget .ref-tree .monaco-list-row');
    await insist('the uses', async (timeout) => {
      await editor.page.keyboard.press('Shift+F12');
      await uses.filter({ hasText: 'other.recipe.toml' }).waitFor({ timeout });
    });
    await editor.screenshot('references');
    await editor.page.keyboard.press('Escape');
    await uses.first().waitFor({ state: 'detached' });
    await editor.cursorAfter('id = "fetch');
    await editor.page.locator('.breadcrumbs-control .monaco-breadcrumb-item', { hasText: 'fetch' }).waitFor();
    const outline = editor.page.locator('.outline-tree .monaco-list-row');
    await insist('the outline', async (timeout) => {
      await editor.command('Explorer: Focus on Outline View');
      await outline.filter({ hasText: 'teacher' }).first().waitFor({ timeout });
    });
    await editor.screenshot('outline');
  }));

test('steps of all recipes are found by their names', () =>
  editor.seen('workspace-symbols', async () => {
    await insist('the step', async (timeout) => {
      await editor.page.keyboard.press('Control+T');
      await editor.quickInput.locator('input').first().fill('#only', { timeout });
      await editor.quickInput.locator('.monaco-list-row', { hasText: 'only' }).first().click({ timeout });
      await editor.shows('other.recipe.toml', timeout);
    });
    await editor.page.locator('.statusbar-item', { hasText: 'Ln 5, Col' }).waitFor();
  }));

/** Gives what is at the cursor a new name. */
async function rename(to: string, picture?: string): Promise<void> {
  const input = editor.page.locator('.rename-box input');
  await insist('the box for the name', async (timeout) => {
    await editor.focus();
    await editor.page.keyboard.press('F2');
    await input.fill(to, { timeout });
  });
  if (picture) await editor.screenshot(picture);
  await input.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

async function save(): Promise<void> {
  await editor.command('File: Save');
  await editor.page.locator('.tab.active:not(.dirty)').waitFor();
}

function line(of: string) {
  return editor.editor.locator('.view-line', { hasText: of }).first();
}

function onDisk(file: string): string {
  return readFileSync(path.join(editor.folder, file), 'utf8');
}
