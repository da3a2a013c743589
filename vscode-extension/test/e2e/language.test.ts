// What the language server shows in the editor.

import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { World } from './harness/world';

const BROKEN = `[recipe]
name = "train"

[[step]]
id = "install"
run_commands = { commands = "echo hello" }

[[step]]
id = "train"
depends_on = ["instal"]
run_commands = { commands = "true" }
`;

let world: World;
let editor: Editor;

before(async () => {
  world = await World.start();
  editor = await Editor.open({ world, files: { 'train.recipe.toml': BROKEN } });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('a recipe is underlined where it is wrong', () =>
  editor.seen('squiggle', async () => {
    await editor.openFile('train.recipe.toml');
    await editor.page.locator('.squiggly-error').first().waitFor();
    await editor.screenshot('squiggle');
  }));
