// What is seen while a recipe is written: its language, mistakes, completion, hover.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { insist, until } from './harness/wait';
import { World } from './harness/world';

const TRAIN = `[recipe]
name = "train"

[[step]]
id = "install"
run_commands = { commands = '''
pip install -q huggingface_hub
if ! nvidia-smi; then echo "no GPU on \${target}"; fi
''' }

[[step]]
id = "train"
depends_on = ["instal"]
tmux_new = { session_name = "train", command = "python train.py", env = {
  HF_TOKEN = "\${secret:huggingface/token}",
} }

[[step]]
id = "report"
run_commands = { commands = "echo finished", env = { KEY = "\${secret:wandb/api_key}" } }
`;

const HINTS = `[recipe]
name = "train"

[variables]
model = "Qwen/Qwen3-0.6B"
python = "uv run python"

[[step]]
id = "fetch"
timeout_secs = 5400
retry = { max_attempts = 3, delay_secs = 90, backoff_multiplier = 2 }
ssh_command = { command = "hf download \${model}", env = { HF_TOKEN = "\${secret:huggingface/token}" } }

[[step]]
id = "train"
depends_on = ["fetch"]
ssh_command = { command = '''
# one GPU is enough
if [ -d "$HOME/out" ]; then rm -r "$HOME/out"; fi
\${python} train.py --model \${model} --run "\${env.USER} \${now}" | tee log > /dev/null
echo "fetched with \${step.fetch.exit_code}"
''' }
`;

const FILES = {
  'train.recipe.toml': TRAIN,
  'first-line.toml': '[recipe]\nname = "a"\n',
  'plain.toml': `# A recipe that was here before its name said so.\n${TRAIN}`,
  'hints.recipe.toml': HINTS,
  'Cargo.toml': '[package]\nname = "recipe"\n',
  'recipes/in-folder.toml': '# nothing yet\n',
  'unsorted.recipe.toml': `[recipe]
name = "unsorted"

[[step]]
id = "train"
depends_on = ["get"]
ssh_command = { command = "train --epochs 30" }

[[step]]
id = "get"
sleep = { duration_secs = 1 }
`,
};

let world: World;
let editor: Editor;

before(async () => {
  world = await World.start();
  world.store('huggingface/token', 'hf_not-a-real-token');
  editor = await Editor.open({ world, files: FILES });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('what variables stand for is shown, and meanings are coloured', () =>
  editor.seen('hints', async () => {
    await editor.openFile('hints.recipe.toml');
    const lines = editor.page.locator('.monaco-editor .view-lines').first();
    await lines.getByText('= Qwen/Qwen3-0.6B').first().waitFor();
    await lines.getByText('= 1 hour 30 minutes').waitFor();
    await lines.getByText('at most 4 h 35 min').waitFor();
    // The grammar knows no options of commands: they have a colour of their own once the server has told.
    const colour = (text: string) => lines.locator('span > span', { hasText: text }).first().evaluate((it) => getComputedStyle(it).color);
    await until('the colours', async () => (await colour('--model')) !== (await colour('train.py')) || undefined);
    await editor.screenshot('hints');
  }));

test('a step is shown as it would be sent', () =>
  editor.seen('resolved-step', async () => {
    await editor.cursorAfter('depends_on = ["fetch');
    await editor.command('Doppio: Show Resolved Step');
    const sent = editor.page.locator('.editor-instance', { hasText: 'uv run python train.py --model Qwen/Qwen3-0.6B' });
    await sent.waitFor();
    await editor.screenshot('resolved-step');
    await editor.command('View: Close Editors in Other Groups');
    await sent.waitFor({ state: 'detached' });
  }));

test('mistakes are underlined, listed as problems, and mended', () =>
  editor.seen('squiggles', async () => {
    await editor.openFile('train.recipe.toml');
    await editor.page.locator('.squiggly-error').first().waitFor();
    await editor.seesLens('Run recipe');
    const problems = editor.page.locator('.markers-panel');
    await editor.command('Problems: Focus on Problems View');
    await problems.getByText("no step has the id 'instal'").waitFor();
    await problems.getByText('wandb/api_key').waitFor();
    await editor.screenshot('problems');
    await editor.command('View: Hide Panel');
    await problems.waitFor({ state: 'hidden' });
    await editor.cursorAfter('depends_on = ["inst');
    await editor.quickFix("Change to 'install'");
    await editor.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  }));

test('the name of a stored secret is completed', () =>
  editor.seen('completion', async () => {
    await editor.cursorAfter('KEY = "');
    await editor.page.keyboard.type('${secret:hug');
    const row = editor.page.locator('.suggest-widget.visible .monaco-list-row .label-name', { hasText: 'huggingface/token' });
    await insist('the completion', async (timeout) => {
      try {
        await row.waitFor({ timeout });
      } catch (error) {
        await editor.page.keyboard.press('Escape');
        await editor.page.keyboard.press('Control+Space');
        throw error;
      }
    });
    await editor.screenshot('completion');
    await editor.command('File: Revert File');
  }));

test('a secret is explained, and its value is nowhere', () =>
  editor.seen('hover', async () => {
    await editor.cursorAfter('${secret:huggingf');
    await editor.explained('huggingface/token');
    await editor.screenshot('hover');
    assert.ok(!(await editor.page.content()).includes('hf_not-a-real-token'));
    await editor.page.keyboard.press('Escape');
  }));

test('a recipe is known by its first line and by its folder, and other TOML is left alone', () =>
  editor.seen('languages', async () => {
    const language = (name: string) => editor.page.locator('.statusbar-item:visible', { hasText: new RegExp(`^${name}$`) });
    for (const file of ['first-line.toml', 'recipes/in-folder.toml']) {
      await editor.openFile(file);
      await language('Doppio Recipe').waitFor();
    }
    await editor.openFile('Cargo.toml');
    await language('Plain Text').waitFor();
    assert.equal(await editor.notifications.count(), 0);
  }));

test('a new recipe has a name that makes it one, nothing to complain about, and is saved as that', () =>
  editor.seen('new recipe', async () => {
    await editor.command('Doppio: New Recipe');
    await editor.page.locator('.tab.active', { hasText: 'hello.recipe.toml' }).waitFor();
    await editor.seesLens('Run recipe');
    assert.equal(await editor.editor.locator('.squiggly-error, .squiggly-warning, .squiggly-info').count(), 0);
    await editor.focus();
    await editor.page.keyboard.press('Control+S');
    await until('the file', () => existsSync(path.join(editor.folder, 'hello.recipe.toml')));
    // The editor of the file takes the place of that of the draft, and with it the focus.
    await editor.page.locator('.tab.active:not(.dirty)', { hasText: 'hello.recipe.toml' }).waitFor();
    await editor.focus();
  }));

test('a plain TOML file that is a recipe is offered our language once', () =>
  editor.seen('offer', async () => {
    await editor.openFile('plain.toml');
    const offer = 'plain.toml is a Doppio recipe';
    await editor.notice(offer);
    await editor.screenshot('offer');
    await editor.answer(offer, 'Treat as Recipe');
    await editor.page.locator('.squiggly-error').first().waitFor();
    await editor.command('View: Close Editor');
    await editor.shows('hello.recipe.toml');
    await editor.openFile('plain.toml');
    await editor.page.locator('.squiggly-error').first().waitFor();
    assert.equal(await editor.notifications.count(), 0);
  }));

test('a selected value becomes a variable, and an operation is offered as a table', () =>
  editor.seen('changes', async () => {
    const line = (text: string) => editor.editor.locator('.view-line', { hasText: text }).first();
    await editor.openFile('unsorted.recipe.toml');
    await editor.cursorAfter('--epochs 30');
    await editor.page.keyboard.press('Shift+ArrowLeft');
    await editor.page.keyboard.press('Shift+ArrowLeft');
    await editor.page.locator('.statusbar-item', { hasText: '(2 selected)' }).waitFor();
    await editor.quickFix("Extract into variable 'epochs'", editor.keys('Control+Shift+R'));
    await line('epochs = "30"').waitFor();
    // Behind it stands the hint what it is.
    await line('command = "train --epochs ${epochs}').waitFor();
    await editor.focus();
    await editor.page.keyboard.press('Control+Z');
    await line('epochs = "30"').waitFor({ state: 'detached' });
    await editor.cursorAfter('ssh_comm');
    await editor.offered("Turn 'ssh_command' into a [step.ssh_command] table", async (row, timeout) => {
      await editor.screenshot('changes');
      await row.waitFor({ timeout });
    });
    await editor.page.keyboard.press('Escape');
  }));
