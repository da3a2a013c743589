// The one style of recipes, by the editor's own command and when a recipe is saved.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { insist, until } from './harness/wait';
import { World } from './harness/world';

// The dependency is one that there is not: it is underlined once the server is up.
const ODD = `[recipe]
name="train" # why not
[[step]]
id = "a"
depends_on=["b" ,]
run_commands = {
    commands='''
  if true; then   echo ; fi
''' }
`;

const PLAIN = `[recipe]
name = "train" # why not

[[step]]
id = "a"
depends_on = ["b"]
run_commands = {
    commands = '''
  if true; then   echo ; fi
''',
}
`;

let world: World;
let editor: Editor;

before(async () => {
  world = await World.start();
  const files = { 'asked.recipe.toml': ODD, 'saved.recipe.toml': ODD };
  editor = await Editor.open({ world, files, settings: { '[doppio-recipe]': { 'editor.formatOnSave': true } } });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('a recipe is formatted when that is asked for', () =>
  editor.seen('format', async () => {
    await open('asked.recipe.toml');
    // What is under way is dropped without a word when the cursor moves.
    await insist('the style', async (timeout) => {
      await editor.command('Format Document');
      await line('depends_on = ["b"]').waitFor({ timeout });
    });
    await line('name = "train" # why not').waitFor();
    assert.equal(read('asked.recipe.toml'), ODD, 'not saved yet');
  }));

test('a recipe is formatted when it is saved', () =>
  editor.seen('format-on-save', async () => {
    await open('saved.recipe.toml');
    await editor.cursorAfter('id = "a"');
    await editor.page.keyboard.type(' ');
    await insist('the style on the disk', async (timeout) => {
      await editor.page.keyboard.press('Control+S');
      await until('the file', () => read('saved.recipe.toml') === PLAIN, timeout);
    });
  }));

async function open(name: string): Promise<void> {
  await editor.openFile(name);
  await editor.page.locator('.squiggly-error').first().waitFor();
}

function line(text: string) {
  return editor.page.locator('.editor-instance .view-line', { hasText: text });
}

function read(name: string): string {
  return readFileSync(path.join(editor.folder, name), 'utf8');
}
