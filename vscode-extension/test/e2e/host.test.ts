// Runs test/host/ inside the extension host of the editor, and reports what it says.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { places } from './harness/places';
import { until } from './harness/wait';
import { World } from './harness/world';

let world: World;
let editor: Editor;

before(async () => {
  world = await World.start();
  editor = await Editor.open({
    world,
    files: { 'notes.txt': 'nothing\n', 'Cargo.toml': '[package]\nname = "recipe"\n' },
    vsix: 'none',
    hostTests: path.join(places.root, 'vscode-extension/out/host/index.js'),
  });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('what can be asked through the interface of VS Code is right', async () => {
  // Each check has a deadline of its own, and says when it begins and how it ends.
  while (editor.hostExit === undefined) {
    const heard = editor.hostSaid.length;
    const isGoingOn = () => editor.hostExit !== undefined || editor.hostSaid.length > heard;
    await until(`the checks in the extension host to go on after:\n${editor.hostSaid.join('\n')}`, isGoingOn);
  }
  const count = (what: string) => editor.hostSaid.filter((line) => line.includes(`CHECK ${what}`)).length;
  assert.equal(count('failed'), 0, editor.hostSaid.join('\n'));
  assert.ok(count('begins') > 0 && count('ok') === count('begins'), editor.hostSaid.join('\n'));
  assert.equal(editor.hostExit, 0);
});
