// The panel of the activity bar: recipes, runs, secrets, hosts, in every state that they have.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';

import { Editor } from './harness/editor';
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

const FIX = local('fix', '\n[[step]]\nid = "use"\nrun_commands = { commands = "true", env = { MADE_UP = "${secret:made/up}" } }\n');

const FILES = {
  'train.recipe.toml': TRAIN,
  'fix.recipe.toml': FIX,
  'deploy.recipe.toml': local('deploy', step('build', 'echo built') + step('check', 'test -e ready', 'depends_on = ["build"]\n') + step('publish', 'echo published', 'depends_on = ["check"]\n')),
  'recipes/wait.toml': local('wait', step('start', 'echo started') + step('hold', 'while ! test -e go; do sleep 0.2; done', 'depends_on = ["start"]\n') + step('end', 'true', 'depends_on = ["hold"]\n')),
};

describe('with a keychain and a host', () => {
  let world: World;
  let editor: Editor;

  before(async () => {
    world = await World.start();
    world.store('huggingface/token', 'hf_not-a-real-token');
    world.store('wandb/api_key', 'made-up');
    editor = await Editor.open({ world, files: FILES });
    await openPanel(editor);
  });

  after(async () => {
    await editor.close();
    await world.end();
  });

  test('recipes are listed with their steps', () =>
    editor.seen('recipes', async () => {
      await row('train', '2 steps').waitFor();
      await row('wait', '3 steps').waitFor();
      await row('deploy', '3 steps').click();
      await row('deploy', '3 steps').locator('.monaco-tl-twistie').click();
      await row('check', 'run_commands').first().waitFor();
      await editor.page.locator('.tabs-container .tab.active[data-resource-name="deploy.recipe.toml"]').waitFor();
    }));

  test('a secret that is missing goes from a masked box into the keychain, and nowhere else', () =>
    editor.seen('missing secret', async () => {
      await editor.openFile('train.recipe.toml');
      await editor.page.locator('.squiggly-warning').first().waitFor();
      const missing = row('wandb/api_kye', 'did you mean wandb/api_key?');
      await missing.waitFor();
      await editor.screenshot('views');
      await act(missing, 'Add Secret…');
      const box = editor.page.locator('.quick-input-widget input[type=password]');
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
    }));

  test('a secret is described, and deleted once one has seen what breaks', () =>
    editor.seen('describe and delete', async () => {
      await menu(row('wandb/api_kye'), 'Describe…');
      await editor.quickInput.locator('input').first().fill('for the made-up runs');
      await editor.page.keyboard.press('Enter');
      const described = row('wandb/api_kye', 'for the made-up runs');
      await described.waitFor();
      await act(described, 'Delete…');
      const dialog = editor.page.locator('.monaco-dialog-box');
      await dialog.getByText('1 recipe uses it and will not run without it: train.recipe.toml.').waitFor();
      await editor.screenshot('delete-secret');
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await row('wandb/api_kye', 'did you mean').waitFor();
      assert.equal(world.lookup('wandb/api_kye'), undefined);
    }));

  test('runs of a terminal are seen as they go, and afterwards with their logs', () =>
    editor.seen('runs', async () => {
      doppio('run', '--yes', 'deploy.recipe.toml');
      await row('deploy', 'failed after').waitFor();
      const waiting = doppio('run', '--yes', 'recipes/wait.toml');
      await row('wait', 'running, 1 of 3 steps done').waitFor();
      await row('hold', 'running since').waitFor();
      await row('deploy', 'failed after').getByText('deploy', { exact: true }).click();
      await row('check', 'exit code 1 after').waitFor();
      await editor.screenshot('runs');
      writeFileSync(path.join(editor.folder, 'recipes/go'), '');
      await row('wait', 'succeeded in').waitFor();
      await until('the end of the run', () => waiting.exitCode !== null);
      await act(row('deploy', 'failed after'), 'Show Log of Run');
      await editor.page.locator('.tabs-container .tab.active[data-resource-name="log.txt"]').waitFor();
    }));

  test('a host is tested when somebody asks, and its key trusted when somebody has compared it', () =>
    editor.seen('hosts', async () => {
      const port = /Port (\d+)/.exec(readFileSync(path.join(world.home, '.ssh/config'), 'utf8'))?.[1];
      await act(editor.page.locator('.pane-header', { hasText: 'Hosts' }), 'Add Host…');
      const input = editor.quickInput.locator('input').first();
      await input.fill('gpu-1');
      await editor.page.keyboard.press('Enter');
      await editor.quickInput.getByText('Add Host gpu-1 (2 of 2)').waitFor();
      await input.fill(`bash@127.0.0.1:${port ?? ''}`);
      await editor.page.keyboard.press('Enter');
      const host = row('gpu-1', 'bash@127.0.0.1');
      await host.waitFor();
      writeFileSync(path.join(world.home, '.ssh/known_hosts'), '');
      await act(host, 'Test Connection');
      const unknown = row('gpu-1', 'its key is not known yet');
      await unknown.waitFor();
      await act(unknown, 'Trust Key…');
      const dialog = editor.page.locator('.monaco-dialog-box');
      await dialog.getByText('SHA256:').waitFor();
      await editor.screenshot('trust-key');
      await dialog.getByRole('button', { name: 'Trust Key' }).click();
      await row('gpu-1', 'reached today at').waitFor();
      await editor.screenshot('hosts');
    }));

  test('a keychain that is locked says so, and keeps its names', () =>
    editor.seen('locked', async () => {
      await world.keychain('lock');
      await editor.page.locator('.pane-body .message', { hasText: 'locked' }).waitFor();
      await row('huggingface/token').waitFor();
      await editor.screenshot('keychain-locked');
      await world.keychain('unlock');
    }));

  /** A line of a view. */
  function row(label: string, description = ''): Locator {
    const rows = editor.page.locator('.sidebar .monaco-list-row').filter({ has: editor.page.getByText(label, { exact: true }) });
    return description === '' ? rows.first() : rows.filter({ hasText: description }).first();
  }

  /** Presses a button of a line. */
  async function act(line: Locator, title: string): Promise<void> {
    await line.hover();
    await line.locator(`.action-label[aria-label^="${title}"]`).click();
  }

  /** Takes something out of the menu of a line. */
  async function menu(line: Locator, title: string): Promise<void> {
    await line.click({ button: 'right' });
    const item = editor.page.locator('.monaco-menu .action-item', { hasText: title });
    await item.waitFor();
    await item.click();
  }

  /** Runs the program beside the editor. */
  function doppio(...args: string[]): ChildProcess {
    return spawn(places.doppio(), args, { env: world.env, cwd: editor.folder, stdio: 'ignore' });
  }
});

/** Presses our button in the activity bar, as soon as it is there. */
async function openPanel(editor: Editor): Promise<void> {
  await editor.page.locator('.activitybar a.action-label[aria-label^="Doppio"]').click();
  // Away from it, so that its name does not hide what is beside it.
  await editor.page.locator('.sidebar .pane-header', { hasText: 'Hosts' }).hover();
}

describe('where there is nothing', () => {
  const STATES = [
    { name: 'nothing yet', shot: 'welcome', options: {}, said: ['There is no recipe in this folder yet', 'Nothing has run yet'] },
    { name: 'no keychain', shot: 'welcome-no-keychain', keychain: false, options: {}, said: ['This machine has no keychain that can be reached'] },
    { name: 'an untrusted folder', shot: 'welcome-untrusted', options: { trust: 'ask' as const, files: FILES }, said: ['Recipes run only in folders that you trust', 'The keychain is asked only in folders that you trust', 'Hosts are listed and tested only'] },
    { name: 'no server', shot: 'welcome-no-server', options: { settings: { 'doppio.server.path': '/nonexistent/doppio' } }, said: ['There is no Doppio program on this machine'] },
  ];

  for (const { name, shot, keychain = true, options, said } of STATES) {
    test(`${name} has a welcome that says what to do`, async () => {
      const world = await World.start({ keychain });
      const editor = await Editor.open({ world, files: { 'README.md': 'Nothing yet.\n' }, ...options });
      try {
        await editor.seen(shot, async () => {
          if ('trust' in options) await editor.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'No, I' }).click();
          await openPanel(editor);
          for (const words of said) await editor.page.locator('.welcome-view-content', { hasText: words }).first().waitFor();
          if ('trust' in options) await editor.page.locator('.sidebar .monaco-list-row', { hasText: 'train' }).first().waitFor();
          await editor.screenshot(shot);
        });
      } finally {
        await editor.close();
        await world.end();
      }
    });
  }

  test('a locked keychain without a name that is known says what to do', async () => {
    const world = await World.start();
    await world.keychain('lock');
    const editor = await Editor.open({ world, files: { 'README.md': 'Nothing yet.\n' } });
    try {
      await editor.seen('welcome-locked', async () => {
        await openPanel(editor);
        await editor.page.locator('.welcome-view-content', { hasText: 'The keychain is locked' }).waitFor();
        await editor.screenshot('welcome-locked');
      });
    } finally {
      await editor.close();
      await world.end();
    }
  });
});
