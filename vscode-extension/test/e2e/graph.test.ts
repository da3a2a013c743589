// The graph: drawn, followed while one types and while it runs, used with mouse and keyboard.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Frame } from 'playwright-core';

import { Editor } from './harness/editor';
import { insist, until } from './harness/wait';
import { World } from './harness/world';

const PIPELINE = `[recipe]
name = "pipeline"

[target]
type = "local"

[[step]]
id = "install"
name = "Install what is needed"
run_commands = { commands = "echo installed" }

[[step]]
id = "data"
name = "Fetch the data"
depends_on = ["install"]
group = { steps = ["words", "pictures"], mode = "parallel" }

[[step]]
id = "words"
name = "Fetch the words"
run_commands = { commands = "sleep 1" }

[[step]]
id = "pictures"
name = "Fetch the pictures"
run_commands = { commands = "while ! test -e go-on; do sleep 0.1; done" }

[[step]]
id = "train"
name = "Train"
depends_on = ["data"]
run_commands = { commands = "false" }

[[step]]
id = "report"
name = "Report"
depends_on = ["train"]
run_commands = { commands = "echo done" }
`;

/** What this version can run: without the group. */
const LIVE = PIPELINE.replace(/\[\[step\]\]\nid = "data"[^]*?\n\n/, '')
  .replaceAll(/(id = "(?:words|pictures)"\n)/g, '$1depends_on = ["install"]\n')
  .replace('depends_on = ["data"]', 'depends_on = ["words", "pictures"]');

/** Five stages of 19 steps, each step after one or two of the stage before, some in groups; hostile names. */
function hundred(): string {
  const parts = ['[recipe]\nname = "hundred"\n'];
  for (let stage = 0; stage < 5; stage += 1) {
    for (let at = 0; at < 19; at += 1) {
      const before = stage === 0 ? [] : [`s${stage - 1}x${at}`, ...(at % 3 === 0 ? [`s${stage - 1}x${(at * 7) % 19}`] : [])];
      const name = at === 4 ? '<b onclick=alert(1)>步骤 \\u202E **bold** [x](command:doppio.restartServer)' : `Step ${at} of stage ${stage}`;
      parts.push(`[[step]]\nid = "s${stage}x${at}"\nname = "${name}"\ndepends_on = ${JSON.stringify([...new Set(before)])}\nsleep = { duration_secs = 1 }\n`);
    }
    parts.push(`[[step]]\nid = "g${stage}"\ngroup = { steps = ["s${stage}x1", "s${stage}x2", "s${stage}x3"], mode = "parallel" }\n`);
  }
  return parts.join('\n');
}

let world: World;
let editor: Editor;

before(async () => {
  world = await World.start();
  const files = { 'pipeline.recipe.toml': PIPELINE, 'live.recipe.toml': LIVE, 'hundred.recipe.toml': hundred(), 'empty.recipe.toml': '[recipe]\nname = "empty"\n' };
  const settings = {
    // What is typed is taken back by reverting, which a file that was saved meanwhile does not do.
    'files.autoSave': 'off',
    // The end of a line that is typed would take what is suggested by then.
    'editor.acceptSuggestionOnEnter': 'off',
  };
  editor = await Editor.open({ world, files, settings });
});

after(async () => {
  await editor.close();
  await world.end();
});

test('it is shown beside the recipe, step by step', () =>
  editor.seen('graph', async () => {
    await editor.openFile('pipeline.recipe.toml');
    await editor.command('Doppio: Show Graph');
    const graph = await page();
    await graph.locator('.step', { hasText: 'Report' }).waitFor();
    assert.equal(await graph.locator('.step').count(), 5);
    assert.equal(await graph.locator('.group').count(), 1);
    const train = graph.locator('[data-id="train"].step');
    assert.equal(await train.getAttribute('aria-label'), 'Train, run_commands, waits for Fetch the data, then Report');
    await editor.screenshot('graph');
  }));

test('a click on a step shows it in the editor, and the step under the cursor is marked', () =>
  editor.seen('graph click', async () => {
    const graph = await page();
    await graph.locator('[data-id="pictures"].step').click();
    await cursorIsOn('pictures');
    await graph.locator('[data-id="pictures"][aria-current]').waitFor();
    await focusText();
    await editor.cursorAfter('id = "report');
    await graph.locator('[data-id="report"][aria-current]').waitFor();
  }));

test('arrow keys lead along the edges, Enter shows the step', () =>
  editor.seen('graph keyboard', async () => {
    const graph = await page();
    const focused = () => graph.evaluate(() => document.activeElement?.getAttribute('data-id'));
    await focusStep(graph, 'install');
    const way: [string, string][] = [
      ['ArrowDown', 'data'], ['ArrowDown', 'words'], ['ArrowRight', 'pictures'], ['ArrowDown', 'train'], ['ArrowDown', 'report'], ['ArrowUp', 'train'],
    ];
    for (const [key, id] of way) {
      await editor.page.keyboard.press(key);
      await until(`the focus on ${id} after ${key}`, async () => (await focused()) === id);
    }
    assert.equal(await graph.locator('.stage button[tabindex="0"]').count(), 1);
    const outline = () => graph.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    await until('the ring of the focus', async () => (await outline()) === 'solid');
    await editor.page.keyboard.press('Enter');
    await cursorIsOn('train');
  }));

test('it follows what is typed, without losing its place', () =>
  editor.seen('graph typing', async () => {
    const graph = await page();
    await focusText();
    await editor.cursorAfter('id = "report"');
    await editor.page.keyboard.type('\nname = "Tell everybody"\nid = "broken');
    await graph.locator('.step', { hasText: 'Tell everybody' }).waitFor();
    await editor.command('File: Revert File');
    await graph.locator('.step', { hasText: 'Report' }).waitFor();
  }));

test('a run shows in colours, signs and a time line while it goes on', () =>
  editor.seen('graph run', async () => {
    const graph = await page();
    await openRecipe('live.recipe.toml');
    await editor.command('Doppio: Run Recipe');
    await editor.approve();
    const status = (id: string, is: string) => graph.locator(`.stage [data-id="${id}"][data-status="${is}"]`).waitFor();
    await status('words', 'success');
    await status('install', 'success');
    await status('pictures', 'running');
    await status('train', 'waiting');
    await graph.getByText('Running for').waitFor();
    await editor.screenshot('graph-running');
    world.touch(editor.folder, 'go-on');
    await status('pictures', 'success');
    await status('train', 'failed');
    await status('report', 'skipped');
    await graph.getByText('Failed after').waitFor();
    assert.equal(await graph.locator('.time-line li').count(), 5);
    const label = await graph.locator('.time-line [data-id="train"]').getAttribute('aria-label');
    assert.match(label ?? '', /^Train: failed, began after [\d.]+ s, took [\d.]+ s$/);
    await editor.screenshot('graph-failed');
    await graph.locator('.time-line [data-id="words"]').click();
    await cursorIsOn('words', LIVE);
  }));

test('it is copied as Mermaid and as SVG', () =>
  editor.seen('graph copy', async () => {
    const graph = await page();
    await graph.getByRole('button', { name: 'Copy as Mermaid' }).click();
    await until('Mermaid in the clipboard', async () => (await editor.clipboard()).startsWith('flowchart TD\n'));
    await graph.getByRole('button', { name: 'Copy as SVG' }).click();
    await until('SVG in the clipboard', async () => (await editor.clipboard()).startsWith('<svg xmlns='));
  }));

test('it is told apart in high contrast', () =>
  editor.seen('graph contrast', async () => {
    const graph = await page();
    await focusStep(graph, 'report');
    await editor.page.keyboard.press('ArrowUp');
    const ring = () => graph.locator('.stage [data-id="train"]').evaluate((it) => getComputedStyle(it).outlineStyle);
    await until('the ring of the focus', async () => (await ring()) === 'solid');
    await editor.contrastScreenshot('graph');
  }));

test('of a hundred steps none lies on another, no line crosses one, and no name is more than a name', () =>
  editor.seen('graph of a hundred', async () => {
    await openRecipe('hundred.recipe.toml');
    const graph = await page();
    await until('a hundred steps', async () => (await graph.locator('.step').count()) === 95);
    assert.deepEqual(await overlaps(graph), []);
    assert.equal(await graph.locator('.stage b, .stage a, .stage img').count(), 0);
    assert.equal(await detail(graph), 'full');
    assert.ok((await smallestName(graph)) >= 11);
    await editor.screenshot('graph-100');
  }));

test('the overview leads to what is not in sight', () =>
  editor.seen('graph overview', async () => {
    const graph = await page();
    const overview = graph.locator('.overview');
    const { width, height } = (await overview.boundingBox()) ?? { width: 0, height: 0 };
    assert.equal(await isInSight(graph, 's4x18'), false);
    await overview.click({ position: { x: width - 3, y: height - 3 } });
    await until('the last corner', () => isInSight(graph, 's4x18'));
    await editor.screenshot('graph-100-overview');
  }));

test('further away there are names, then colours, and what is pointed at is told', () =>
  editor.seen('graph from afar', async () => {
    const graph = await page();
    await graph.getByRole('button', { name: 'Fit into the window' }).click();
    await until('colours alone', async () => (await detail(graph)) === 'colours');
    assert.deepEqual(await overlaps(graph), []);
    const scrolls = await graph.locator('.drawing').evaluate((it) => [it.scrollWidth - it.clientWidth, it.scrollHeight - it.clientHeight]);
    assert.ok(scrolls.every((by) => by <= 1), String(scrolls));
    await graph.locator('.overview').waitFor({ state: 'hidden' });
    await graph.locator('[data-id="s2x7"].step').hover();
    await graph.locator('.caption', { hasText: 'Step 7 of stage 2, sleep, waits for Step 7 of stage 1, then Step 7 of stage 3' }).waitFor();
    await editor.screenshot('graph-100-fit');
    while ((await detail(graph)) === 'colours') await graph.getByRole('button', { name: 'Zoom in' }).click();
    assert.equal(await detail(graph), 'names');
    assert.deepEqual(await overlaps(graph), []);
    assert.ok((await smallestName(graph)) >= 11);
    await editor.screenshot('graph-100-names');
    await focusStep(graph, 's0x9');
    await editor.page.keyboard.press('1');
    await until('all of each step', async () => (await detail(graph)) === 'full');
    await until('the step with the focus', () => isInSight(graph, 's0x9'));
  }));

test('it begins at the step in which the cursor is, and is still there when the window was loaded again', () =>
  editor.seen('graph after a reload', async () => {
    await focusText();
    await editor.cursorAfter('id = "s3x15"');
    await editor.page.locator('.tab', { hasText: 'Graph: hundred' }).locator('.tab-actions .action-label').click();
    await focusText();
    await editor.command('Doppio: Show Graph');
    const graph = await page();
    await graph.locator('.stage [data-id="s3x15"][aria-current][tabindex="0"]').waitFor();
    assert.ok(await isInSight(graph, 's3x15'));
    assert.equal(await detail(graph), 'full');
    await editor.reload();
    const restored = await page();
    await restored.locator('.stage [data-id="s3x15"]').waitFor();
    assert.equal(await restored.locator('.step').count(), 95);
    await editor.screenshot('graph-100-reloaded');
  }));

test('the page may do nothing but run its own script', () =>
  editor.seen('graph policy', async () => {
    const graph = await page();
    const policy = await graph.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    assert.match(policy ?? '', /^default-src 'none'; style-src ('nonce-[\w+/=]{20,}'); script-src \1$/);
  }));

test('a recipe without steps says so', () =>
  editor.seen('graph of nothing', async () => {
    await openRecipe('empty.recipe.toml');
    const graph = await page();
    await graph.getByText('This recipe has no steps yet.').waitFor();
    await editor.screenshot('graph-empty');
  }));

/** The page of the graph: the innermost of three frames. */
async function page(): Promise<Frame> {
  return await until('the page of the graph', async () => {
    for (const frame of editor.page.frames()) {
      if ((await frame.locator('body > main, body > .nothing').count().catch(() => 0)) > 0) return frame;
    }
    return undefined;
  });
}

async function cursorIsOn(id: string, recipe = PIPELINE): Promise<void> {
  const line = recipe.split('\n').indexOf(`id = "${id}"`) + 1;
  await editor.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col` }).waitFor();
}

/** Gives a step the focus, and its page that of the window: only then do keys go there. */
async function focusStep(graph: Frame, id: string): Promise<void> {
  await insist(`the focus on ${id}`, async (patience) => {
    await graph.locator(`.stage [data-id="${id}"].step`).focus({ timeout: patience });
    await until('the focus', () => graph.evaluate((id) => document.hasFocus() && document.activeElement?.getAttribute('data-id') === id, id), patience);
  });
}

/** Only while a text has the focus does the status bar name its language. */
async function focusText(): Promise<void> {
  await insist('the focus in the text', async (timeout) => {
    await editor.page.keyboard.press('Control+1');
    await editor.page.locator('.editor-instance .monaco-editor.focused').waitFor({ timeout });
    await editor.page.locator('.statusbar-item', { hasText: 'Doppio Recipe' }).waitFor({ timeout });
  });
}

/** Opens a file where the recipes are, and not over the graph. */
async function openRecipe(name: string): Promise<void> {
  await focusText();
  await editor.openFile(name);
}

/** How much of each step is shown. */
async function detail(graph: Frame): Promise<string | null> {
  return graph.locator('.frame').getAttribute('data-detail');
}

/** How large the smallest letters of names are on the screen, in pixels. */
async function smallestName(graph: Frame): Promise<number> {
  return graph.evaluate(() => {
    const scale = document.querySelector('.stage')?.getBoundingClientRect().width ?? 0;
    const full = document.querySelector<HTMLElement>('.stage')?.offsetWidth ?? 1;
    const sizes = [...document.querySelectorAll('.stage .name')].map((name) => parseFloat(getComputedStyle(name).fontSize));
    return Math.round((Math.min(...sizes) * scale * 100) / full) / 100;
  });
}

/** Whether a step is within what the drawing shows. */
async function isInSight(graph: Frame, id: string): Promise<boolean> {
  return graph.evaluate((id) => {
    const step = document.querySelector(`.stage [data-id="${id}"]`)?.getBoundingClientRect();
    const frame = document.querySelector('.drawing')?.getBoundingClientRect();
    if (!step || !frame) return false;
    return step.left >= frame.left && step.right <= frame.right && step.top >= frame.top && step.bottom <= frame.bottom;
  }, id);
}

/** Pairs of steps that overlap as the browser draws them, and texts that stick out of their steps. */
async function overlaps(graph: Frame): Promise<string[]> {
  return await graph.evaluate(() => {
    const found: string[] = [];
    const isFull = document.querySelector('[data-detail="full"]') !== null;
    const rect = (element: Element) => element.getBoundingClientRect();
    const meet = (one: DOMRect, other: DOMRect) =>
      one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
    const steps = [...document.querySelectorAll('.stage .step, .stage .title')];
    steps.forEach((one, at) => {
      for (const other of steps.slice(at + 1)) if (meet(rect(one), rect(other))) found.push(`${one.textContent} and ${other.textContent}`);
      for (const part of one.querySelectorAll('.name, .detail, .time')) {
        const [inner, outer] = [rect(part), rect(one)];
        if (inner.width > 0 && (inner.right > outer.right || inner.bottom > outer.bottom + 0.5)) found.push(`${part.textContent} sticks out`);
        if (isFull && part.scrollWidth > part.clientWidth + 1) found.push(`${part.textContent} is cut off`);
      }
    });
    const inner = (of: DOMRect) => new DOMRect(of.x + 1, of.y + 1, of.width - 2, of.height - 2);
    for (const path of document.querySelectorAll<SVGPathElement>('.lines > path')) {
      const matrix = path.getScreenCTM();
      const length = path.getTotalLength();
      for (let at = 2; at < length - 2; at += 3) {
        const point = path.getPointAtLength(at).matrixTransform(matrix ?? undefined);
        const dot = new DOMRect(point.x, point.y, 0.01, 0.01);
        const crossed = steps.find((step) => meet(dot, inner(rect(step))));
        if (crossed) {
          found.push(`a line crosses ${crossed.textContent}`);
          break;
        }
      }
    }
    return found;
  });
}
