// The panel of the activity bar: recipes, runs, secrets, hosts, in every state that they have.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Editor } from './harness/editor';
import { Panel } from './harness/panel';
import { places } from './harness/places';
import { until } from './harness/wait';
import { World } from './harness/world';

const VALUE = 'canary-5521-typed-into-a-box';

const local = (name: string, steps: string) => `[recipe]\nname = "${name}"\n\n[target]\ntype = "local"\n${steps}`;
const step = (id: string, command: string, more = '') => `\n[[step]]\nid = "${id}"\n${more}run_commands = { commands = '''${command}''' }\n`;

const TRAIN = `[recipe]
name = "train"

[[step]]
id = "install"
name = "Install packages"
run_commands = { commands = "pip install -q huggingface_hub" }

[[step]]
id = "train"
name = "Train"
depends_on = ["install"]
run_commands = { commands = "python train.py", env = { HF_TOKEN = "\${secret:huggingface/token}", WANDB = "\${secret:wandb/api_kye}" } }
`;

const FIX = local('fix', '\n[[step]]\nid = "use"\nrun_commands = { commands = "true", env = {\n  MADE_UP = "${secret:made/up}",\n  HF_TOKEN = "${secret:huggingface/token}",\n} }\n');

const FILES = {
  'train.recipe.toml': TRAIN,
  'fix.recipe.toml': FIX,
  'deploy.recipe.toml': local('deploy', step('build', 'echo built') + step('check', 'test -e ready', 'depends_on = ["build"]\n') + step('publish', 'echo published', 'depends_on = ["check"]\n')),
  'recipes/wait.toml': local('wait', step('start', 'echo started') + step('hold', 'while ! test -e go; do sleep 0.2; done', 'depends_on = ["start"]\n') + step('end', 'true', 'depends_on = ["hold"]\n')),
};

describe('with a keychain and a host', () => {
  let world: World;
  let editor: Editor;
  let panel: Panel;

  before(async () => {
    world = await World.start();
    world.store('huggingface/token', 'hf_not-a-real-token');
    world.store('wandb/api_key', 'made-up');
    editor = await Editor.open({ world, files: FILES });
    panel = await Panel.open(editor);
  });

  after(async () => {
    await editor.close();
    await world.end();
  });

  test('recipes are listed with their steps', () =>
    editor.seen('recipes', async () => {
      await panel.row('train', '2 steps').waitFor();
      await panel.row('wait', '3 steps').waitFor();
      await panel.row('deploy', '3 steps').click();
      await panel.unfold(panel.row('deploy', '3 steps'));
      await panel.row('check', 'run_commands').first().waitFor();
      await editor.page.locator('.tabs-container .tab.active[data-resource-name="deploy.recipe.toml"]').waitFor();
    }));

  test('a secret that is missing goes from a masked box into the keychain, and nowhere else', () =>
    editor.seen('missing secret', async () => {
      await editor.openFile('train.recipe.toml');
      await editor.page.locator('.squiggly-warning').first().waitFor();
      const missing = panel.row('wandb/api_kye', 'did you mean wandb/api_key?');
      await missing.waitFor();
      await editor.screenshot('views');
      const box = editor.page.locator('.quick-input-widget input[type=password]');
      await panel.act(missing, 'Add Secret…', box);
      await box.fill(VALUE);
      // The box survives a click elsewhere.
      await editor.page.locator('.sidebar .composite.title h2').click();
      await box.waitFor();
      await editor.screenshot('masked-box');
      await box.press('Enter');
      await editor.page.locator('.squiggly-warning').first().waitFor({ state: 'detached' });
      assert.equal(world.lookup('wandb/api_kye'), VALUE);
      await missing.waitFor({ state: 'detached' });
      assert.ok(!(await editor.page.content()).includes(VALUE));
    }));

  test('the fix of a missing secret asks for its value, and the squiggle goes', () =>
    editor.seen('missing secret fix', async () => {
      await editor.openFile('fix.recipe.toml');
      await editor.page.locator('.squiggly-warning').first().waitFor();
      await editor.cursorAfter('${secret:made/');
      await editor.quickFix("Store 'made/up'…");
      const box = editor.page.locator('.quick-input-widget input[type=password]');
      await box.fill(VALUE);
      await box.press('Enter');
      await editor.page.locator('.squiggly-warning').first().waitFor({ state: 'detached' });
      assert.equal(world.lookup('made/up'), VALUE);
      await panel.row('fix', '1 step').filter({ hasNotText: 'warning' }).waitFor();
    }));

  test('a secret is described, and deleted once one has seen what breaks', () =>
    editor.seen('describe and delete', async () => {
      await panel.menu(panel.row('wandb/api_kye'), 'Describe…');
      const input = editor.quickInput.locator('input').first();
      await input.fill('for the made-up runs');
      await input.press('Enter');
      const described = panel.row('wandb/api_kye', 'for the made-up runs');
      await described.waitFor();
      const dialog = editor.page.locator('.monaco-dialog-box');
      await panel.act(described, 'Delete…', dialog.getByText('1 recipe uses it and will not run without it: train.recipe.toml.'));
      await editor.screenshot('delete-secret');
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await panel.row('wandb/api_kye', 'did you mean').waitFor();
      assert.equal(world.lookup('wandb/api_kye'), undefined);
    }));

  test('the value of a secret is replaced through the masked box', () =>
    editor.seen('replace', async () => {
      await panel.act(panel.row('wandb/api_key'), 'Replace Value…', editor.quickInput.getByText('New value of wandb/api_key'));
      const box = editor.page.locator('.quick-input-widget input[type=password]');
      assert.equal(await box.inputValue(), '');
      await box.fill(`${VALUE}-anew`);
      await box.press('Enter');
      await until('the new value', () => world.lookup('wandb/api_key') === `${VALUE}-anew`);
      assert.ok(!(await editor.page.content()).includes(VALUE));
    }));

  test('the reference to a secret is copied, and its uses are found', () =>
    editor.seen('uses', async () => {
      await panel.menu(panel.row('huggingface/token'), 'Copy Reference');
      await until('the reference', async () => (await editor.clipboard()) === '${secret:huggingface/token}');
      await panel.menu(panel.row('huggingface/token'), 'Find Uses');
      await editor.quickInput.getByText('Uses of the Secret').waitFor();
      await editor.screenshot('find-uses');
      await editor.choose('fix.recipe.toml', () => panel.menu(panel.row('huggingface/token'), 'Find Uses'));
      await editor.page.locator('.tabs-container .tab.active[data-resource-name="fix.recipe.toml"]').waitFor();
      await editor.page.locator('.statusbar-item', { hasText: '(17 selected)' }).waitFor();
      // Where there is one use, nobody is asked which.
      await panel.menu(panel.row('made/up'), 'Find Uses');
      await editor.page.locator('.statusbar-item', { hasText: '(7 selected)' }).waitFor();
    }));

  test('a secret that recipes use is kept when somebody has seen which', () =>
    editor.seen('keep', async () => {
      const broken = '2 recipes use it and will not run without it: fix.recipe.toml, train.recipe.toml.';
      await panel.act(panel.row('huggingface/token'), 'Delete…', editor.dialog.getByText(broken));
      await editor.dialog.getByRole('button', { name: 'Cancel' }).click();
      await editor.dialog.waitFor({ state: 'detached' });
      assert.equal(world.lookup('huggingface/token'), 'hf_not-a-real-token');
    }));

  test('runs of a terminal are seen as they go, and afterwards with their logs', () =>
    editor.seen('runs', async () => {
      doppio('run', '--yes', 'deploy.recipe.toml');
      await panel.row('deploy', 'failed after').waitFor();
      const waiting = doppio('run', '--yes', 'recipes/wait.toml');
      await panel.row('wait', 'running, 1 of 3 steps done').waitFor();
      await panel.row('hold', 'running since').waitFor();
      await panel.unfold(panel.row('deploy', 'failed after'));
      await panel.row('check', 'exit code 1 after').waitFor();
      await editor.screenshot('runs');
      writeFileSync(path.join(editor.folder, 'recipes/go'), '');
      await panel.row('wait', 'succeeded in').waitFor();
      await until('the end of the run', () => waiting.exitCode !== null);
      const log = editor.page.locator('.tabs-container .tab.active[data-resource-name="log.txt"]');
      await panel.act(panel.row('deploy', 'failed after'), 'Show Log of Run', log);
    }));

  test('a host is tested when somebody asks, and its key trusted when somebody has compared it', () =>
    editor.seen('hosts', async () => {
      const port = /Port (\d+)/.exec(readFileSync(path.join(world.home, '.ssh/config'), 'utf8'))?.[1];
      await panel.act(panel.header('Hosts'), 'Add Host…', editor.quickInput.getByText('Add Host (1 of 2)'));
      const input = editor.quickInput.locator('input').first();
      await input.fill('gpu-1');
      await input.press('Enter');
      await editor.quickInput.getByText('Add Host gpu-1 (2 of 2)').waitFor();
      await input.fill(`bash@127.0.0.1:${port ?? ''}`);
      await input.press('Enter');
      const host = panel.row('gpu-1', 'bash@127.0.0.1');
      await host.waitFor();
      writeFileSync(path.join(world.home, '.ssh/known_hosts'), '');
      const unknown = panel.row('gpu-1', 'its key is not known yet');
      await panel.act(host, 'Test Connection', unknown);
      const dialog = editor.page.locator('.monaco-dialog-box');
      await panel.act(unknown, 'Trust Key…', dialog.getByText('SHA256:'));
      await editor.screenshot('trust-key');
      await dialog.getByRole('button', { name: 'Trust Key' }).click();
      await panel.row('gpu-1', 'reached today at').waitFor();
      await editor.screenshot('hosts');
      // Every kind of line is there by now.
      assert.deepEqual(await panel.nameless(), []);
    }));

  test('a host is removed once somebody has said so', () =>
    editor.seen('remove host', async () => {
      const host = panel.row('gpu-1');
      await panel.menu(host, 'Remove…');
      await editor.dialog.getByText('Its line in hosts.toml goes.').waitFor();
      await editor.screenshot('remove-host');
      await editor.dialog.getByRole('button', { name: 'Remove' }).click();
      await host.waitFor({ state: 'detached' });
      assert.ok(!world.doppio('host', 'list').includes('gpu-1'));
    }));

  test('a keychain that is locked says so, and keeps its names', () =>
    editor.seen('locked', async () => {
      await world.keychain('lock');
      await editor.page.locator('.pane-body .message', { hasText: 'locked' }).waitFor();
      await panel.row('huggingface/token').waitFor();
      await editor.screenshot('keychain-locked');
      await world.keychain('unlock');
    }));

  /** Runs the program beside the editor. */
  function doppio(...args: string[]): ChildProcess {
    return spawn(places.doppio(), args, { env: world.env, cwd: editor.folder, stdio: 'ignore' });
  }
});

describe('with two roots', () => {
  const TOUCH = local('touch', step('touch', 'touch here'));

  test('the recipes of both are there, and each runs in its own folder', async () => {
    const world = await World.start({ keychain: false });
    const editor = await Editor.open({ world, files: { 'one/a.recipe.toml': TOUCH.replace('"touch"', '"a"'), 'two/b.recipe.toml': TOUCH.replace('"touch"', '"b"') }, opens: 'roots' });
    try {
      await editor.seen('roots', async () => {
        const panel = await Panel.open(editor);
        await panel.row('a', '1 step').waitFor();
        await panel.act(panel.row('b', '1 step'), 'Run Recipe', editor.dialog);
        await editor.approve();
        await panel.row('b', 'succeeded in').waitFor();
        assert.ok(existsSync(path.join(editor.folder, 'two/here')));
        await editor.screenshot('roots');
      });
    } finally {
      await editor.close();
      await world.end();
    }
  });
});
