// Runs: from a click to a file on the host, and every other way in which a run ends.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { Panel } from './harness/panel';
import { insist, until } from './harness/wait';
import { World } from './harness/world';

const DEPLOY = `[recipe]
name = "deploy"

[variables]
GREETING = "hello"

[[step]]
id = "prepare"
name = "Prepare the host"
run_commands = { commands = "printf '\\\\033[32mgreen\\\\033[0m from the host\\\\n'" }

[[step]]
id = "write"
name = "Write a file"
depends_on = ["prepare"]
run_commands = { commands = "echo \${GREETING} > deployed.txt && echo written" }
`;

const FAILS = `[recipe]
name = "fails"

[target]
type = "local"

[[step]]
id = "fine"
run_commands = { commands = "echo fine" }

[[step]]
id = "breaks"
depends_on = ["fine"]
run_commands = { commands = "echo about to break; test -e mended && echo mended after all" }

[[step]]
id = "later"
depends_on = ["breaks"]
run_commands = { commands = "echo later" }
`;

const LONG = `[recipe]
name = "long"

[target]
type = "local"

[[step]]
id = "wait"
name = "Wait for long"
run_commands = { commands = "echo started; sleep 600" }
`;

const MEASURE = `[recipe]
name = "measure"

[target]
type = "local"

[[step]]
id = "weigh"
run_commands = { commands = "echo 12", capture_output = "weight" }

[[step]]
id = "report"
name = "Report the weight"
depends_on = ["weigh"]
run_commands = { commands = "echo it weighs \${weight} stone" }
`;

const SLOW = `[recipe]
name = "slow"

[target]
type = "local"

[[step]]
id = "wait"
run_commands = { commands = "while ! test -e go; do sleep 0.1; done; rm go; sleep 2" }
`;

let world: World;
let editor: Editor;

before(async () => {
  world = await World.start();
  const files = { 'deploy.recipe.toml': DEPLOY, 'fails.recipe.toml': FAILS, 'long.recipe.toml': LONG, 'measure.recipe.toml': MEASURE, 'slow.recipe.toml': SLOW };
  editor = await Editor.open({ world, files, settings: { 'doppio.run.notifyAfter': 1 } });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('a lens asks for the host, runs there, and shows what is printed', () =>
  editor.seen('run on a host', async () => {
    await editor.openFile('deploy.recipe.toml');
    await editor.press('Run recipe');
    await editor.quickInput.getByText('Run deploy on Which Host?').waitFor();
    await editor.screenshot('ask-for-host');
    await editor.choose(world.host, () => editor.press('Run recipe'));
    await editor.dialog.getByText('On testbed, without secrets:').waitFor();
    await editor.screenshot('approve');
    await editor.approve();
    // Its first line has left the screen where the host's sshd is talkative.
    await terminalShows('── Prepare the host · testbed', 'green from the host', 'written', '✓ Write a file', '✓ Succeeded in');
    assert.equal(readFileSync(path.join(world.hostHome, 'deployed.txt'), 'utf8'), 'hello\n');
    await editor.screenshot('run');
  }));

test('the button of the editor does the same, and the host that was used comes first', () =>
  editor.seen('run again', async () => {
    const hosts = editor.quickInput.getByText('used before');
    // The buttons are drawn anew when a run ends.
    await insist('the list of hosts', async (timeout) => {
      if (!(await hosts.isVisible())) await editor.page.locator('.editor-actions a.action-label[aria-label^="Run Recipe"]').click({ timeout });
      await hosts.waitFor({ timeout });
    });
    const first = editor.quickInput.locator('.monaco-list-row').first();
    assert.match((await first.textContent()) ?? '', /^testbed/);
    await editor.page.keyboard.press('Escape');
  }));

test('a step that fails is marked on its line, and the run goes on from there', () =>
  editor.seen('failing step', async () => {
    await editor.openFile('fails.recipe.toml');
    await editor.command('Doppio: Run Recipe');
    await editor.approve();
    await terminalShows('✓ fine', 'about to break', '✗ breaks: exit code 1', '– later skipped', '✗ Failed after');
    await editor.page.locator('.squiggly-error').first().waitFor();
    await editor.seesLens('Run again from here');
    await editor.screenshot('failed-step');
    await editor.cursorAfter('echo fine" }\n\n[[st');
    world.touch(editor.folder, 'mended');
    await editor.quickFix('Run again from here');
    await terminalShows('mended after all', '✓ later', '✓ Succeeded in');
    assert.ok(!(await terminalText()).split('Running fails').at(-1)?.includes('✓ fine'));
  }));

test('a run is cancelled from its progress', () =>
  editor.seen('cancel', async () => {
    await editor.openFile('long.recipe.toml');
    await editor.command('Doppio: Run Recipe');
    await editor.approve();
    await terminalShows('started');
    const progress = await editor.notice('Running long');
    await progress.getByText('Wait for long').waitFor();
    await editor.screenshot('progress');
    await editor.answer('Running long', 'Cancel');
    await terminalShows('■ Wait for long cancelled', '■ Cancelled after');
    await progress.waitFor({ state: 'detached' });
    await editor.seesLens('Cancel the run', { gone: true });
  }));

test('the tree is green for a run that succeeded, and starts and cancels one', () =>
  editor.seen('tree', async () => {
    const panel = await Panel.open(editor);
    await panel.row('deploy', 'succeeded in').locator('.codicon-pass').waitFor();
    // The last of the list: from then on its lines stay where they are.
    await panel.row('slow', '1 step').waitFor();
    const running = panel.row('long', 'running, 0 of 1 step done');
    await panel.act(panel.row('long', '1 step'), 'Run Recipe', panel.row('Wait for long', 'running since'));
    const cancelled = editor.page.locator('.sidebar .monaco-list-row', { hasText: 'long' }).filter({ hasText: /cancelled/ });
    const before = await cancelled.count();
    await panel.act(running, 'Cancel Run', cancelled.nth(before));
    await running.waitFor({ state: 'detached' });
    await terminalShows('■ Wait for long cancelled', '■ Cancelled after', 'Running long', '■ Wait for long cancelled', '■ Cancelled after');
  }));

test('a step that needs what another one finds out asks for it when it runs alone', () =>
  editor.seen('variables', async () => {
    const panel = await Panel.open(editor);
    await panel.unfold(panel.row('measure', '2 steps'));
    await panel.act(panel.row('Report the weight', 'run_commands'), 'Run Step', editor.quickInput.getByText('Value of weight'));
    await editor.screenshot('ask-for-variable');
    const input = editor.quickInput.locator('input').first();
    await input.fill('13');
    await input.press('Enter');
    await editor.approve();
    await terminalShows('it weighs 13 stone', '✓ Succeeded in');
  }));

test('the end of a long run is told to somebody who looks elsewhere, and to nobody else', () =>
  editor.seen('notification', async () => {
    await editor.openFile('slow.recipe.toml');
    await editor.command('Doppio: Run Recipe');
    await editor.approve();
    const told = editor.notifications.filter({ hasText: /slow succeeded in \d/ });
    await editor.lookElsewhere(async () => {
      world.touch(editor.folder, 'go');
      await told.waitFor();
    });
    await editor.screenshot('run-ended');
    await editor.clearNotices();
    await editor.command('Doppio: Run Recipe');
    world.touch(editor.folder, 'go');
    await terminalShows('✓ Succeeded in', 'Running slow', '✓ Succeeded in');
    await editor.notifications.filter({ hasText: 'Running slow' }).waitFor({ state: 'detached' });
    assert.equal(await told.count(), 0);
  }));

test('what ran is kept where every other program of ours looks for it', () => {
  const runs = world.doppio('runs');
  for (const name of ['deploy', 'fails', 'long']) assert.ok(runs.includes(name), runs);
  assert.ok(!existsSync(path.join(editor.folder, 'deployed.txt')));
});

/** Waits until the terminal that is shown has all of it, in this order. */
async function terminalShows(...parts: string[]): Promise<void> {
  let text = '';
  const all = async () => {
    text = await terminalText();
    let at = 0;
    return parts.every((part) => (at = text.indexOf(part, at) + 1) > 0);
  };
  await until(`the terminal to show ${parts.join(', ')}`, all).catch((error: unknown) => {
    throw new Error(`${String(error)}; it shows:\n${text}`);
  });
}

async function terminalText(): Promise<string> {
  const screens = editor.page.locator('.terminal-wrapper.active .xterm-rows');
  const lines = await screens.locator('> div').allTextContents();
  return lines.map((line) => line.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}
