// The life of the server: it crashes, is started again, is restarted, and is reported about.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Editor } from './harness/editor';
import { processes } from './harness/process';
import { insist, until } from './harness/wait';
import { World } from './harness/world';

const BROKEN = '[recipe]\nname = "broken"\n\n[[step]]\nid = "a"\ndepends_on = ["b"]\nrun_commands = { commands = "true" }\n';

let world: World;
let editor: Editor;

before(async () => {
  world = await World.start();
  world.store('demo/token', 'another-value-entirely');
  editor = await Editor.open({ world, files: { 'broken.recipe.toml': BROKEN } });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('a server that crashes is started again, and the user is told once', () =>
  editor.seen('crash', async () => {
    await editor.openFile('broken.recipe.toml');
    await editor.page.locator('.squiggly-error').first().waitFor();
    const first = await until('the server', () => serverProcess());
    process.kill(first, 'SIGKILL');
    const notice = await editor.notice('server has crashed');
    await editor.screenshot('crash');
    const second = await until('another server', () => other(first));
    await editor.page.locator('.squiggly-error').first().waitFor();
    await editor.clearNotices();
    process.kill(second, 'SIGKILL');
    await until('yet another server', () => other(second));
    await editor.page.locator('.squiggly-error').first().waitFor();
    assert.equal(await notice.count(), 0);
  }));

test('the server is restarted by hand', () =>
  editor.seen('restart', async () => {
    const before = await until('the server', () => serverProcess());
    await editor.command('Doppio: Restart Server');
    await until('another server', () => other(before));
    await editor.page.locator('.squiggly-error').first().waitFor();
    assert.equal(await editor.notifications.count(), 0);
  }));

test('the log is shown', () =>
  editor.seen('log', async () => {
    const panel = editor.page.locator('.part.panel');
    // What is in it is not shown here: code-server writes its files with a part that is not compiled for the tests.
    const name = panel.locator('select:visible, .monaco-select-box:visible', { hasText: 'Doppio' });
    await insist('the log', async (timeout) => {
      await editor.command('Doppio: Show Log');
      await name.first().waitFor({ timeout });
      await panel.locator('.monaco-editor.focused').waitFor({ timeout });
    });
  }));

test('a report is copied', () =>
  editor.seen('report', async () => {
    await editor.command('Doppio: Copy Diagnostics Report');
    await editor.notice('The report is in the clipboard');
    const report = await editor.clipboard();
    for (const part of ['Doppio diagnostics report', 'extension: 0.', 'server: 0.', 'keychain: ', 'settings: as they come', '[info] starting ']) {
      assert.ok(report.includes(part), report);
    }
    assert.ok(!report.includes(world.home), report);
    await editor.clearNotices();
  }));

test('a report with a stored secret in it is refused', () =>
  editor.seen('report refused', async () => {
    // A value that happens to be a word of the log: it is in the report, so there is no report.
    world.store('unlucky/name', 'starting');
    const before = await editor.clipboard();
    await editor.command('Doppio: Copy Diagnostics Report');
    await editor.notice("it holds the value of 'unlucky/name'");
    await editor.screenshot('report-refused');
    assert.equal(await editor.clipboard(), before);
  }));

function other(than: number): number | undefined {
  const pid = serverProcess();
  return pid === than ? undefined : pid;
}

/** The process id of this editor's server. */
function serverProcess(): number | undefined {
  return processes(world.home, ([program, command]) => program?.endsWith('/server/doppio') === true && command === 'lsp')[0];
}
