// VS Code itself: code-server with the packaged extension, on the screen of a headless Chromium.
//
// `Editor.open` starts one; its methods do what a person does, with the selectors of this version of
// VS Code, and wait for what a person would see. Put many checks into one start: it takes 15 s.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

import { places } from './places';
import { Group } from './process';
import { until, PATIENCE } from './wait';
import type { World } from './world';

export interface Options {
  world: World;
  /** The files of the folder, by their paths. */
  files: Record<string, string>;
  /** What of it is opened: all of it, its folders as the roots of one workspace, or nothing. */
  opens?: 'folder' | 'roots' | 'nothing';
  /** Those of the files that can be executed. */
  programs?: string[];
  /** Those of this machine, beside the user's quiet ones. */
  settings?: Record<string, unknown>;
  /** `ask`: the folder is not trusted until somebody says so. */
  trust?: 'given' | 'ask';
  /** For the programs that the editor starts. */
  env?: Record<string, string>;
  /** Another package than the one under test, or `none`. */
  vsix?: string;
  /** Packages of other extensions beside it. */
  beside?: string[];
  /** A script that is run inside the extension host, beside the extension as it is in the package. */
  hostTests?: string;
}

export type Theme = 'light' | 'dark';

const QUIET = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'editor.minimap.enabled': false,
  // In a browser it would save what is typed after a second.
  'files.autoSave': 'off',
  'editor.cursorBlinking': 'solid',
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'terminal.integrated.gpuAcceleration': 'off',
  'window.autoDetectColorScheme': true,
  'workbench.preferredLightColorTheme': 'Light 2026',
  'workbench.preferredDarkColorTheme': 'Dark 2026',
};

/** Whether the light bulb is for the line of the cursor: on it, or where there is room beside it. */
const BULB_AT_CURSOR = `(() => {
  const top = (selector) => document.querySelector(selector)?.getBoundingClientRect().top;
  const line = top('.editor-instance .line-numbers.active-line-number');
  const bulbs = [top('.editor-instance [class*=codicon-gutter-lightbulb]'), top('.editor-instance .lightBulbWidget')];
  return bulbs.some((bulb) => Math.abs(bulb - line) < 40);
})()`;

export class Editor {
  /** What the script in the extension host has printed, and the code that it ended with. */
  readonly hostSaid: string[] = [];
  hostExit: number | undefined;
  /** The file that was opened last. */
  private file = '';

  private constructor(
    readonly page: Page,
    /** The folder that is open. */
    readonly folder: string,
    private readonly root: string,
    private readonly server: Group,
    private readonly browser: Browser,
  ) {}

  static async open(options: Options): Promise<Editor> {
    const root = mkdtempSync(path.join(tmpdir(), 'doppio-vscode-'));
    const folder = path.join(root, 'work');
    mkdirSync(folder);
    for (const [name, text] of Object.entries(options.files)) writeInto(folder, name, text);
    for (const name of options.programs ?? []) chmodSync(path.join(folder, name), 0o755);
    const prompt = options.trust === 'ask' ? { 'security.workspace.trust.startupPrompt': 'always' } : {};
    writeInto(root, 'user/User/settings.json', JSON.stringify({ ...QUIET, ...prompt }));
    writeInto(root, 'user/Machine/settings.json', JSON.stringify(options.settings ?? {}));
    const port = await freePort();
    const server = await startServer(root, port, options);
    const browser = await chromium.launch({
      executablePath: places.chromium(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const editor = new Editor(page, folder, root, server, browser);
    if (options.hostTests) await editor.listenToHost();
    await page.goto(`http://127.0.0.1:${port}/?${whatToOpen(folder, options)}${options.hostTests ? payload(port, options.hostTests) : ''}`);
    await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
    // Before that the editor puts itself together, and moves the focus about.
    await page.waitForFunction("performance.getEntriesByName('code/LifecyclePhase/Restored').length > 0");
    return editor;
  }

  private async listenToHost(): Promise<void> {
    await this.page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
      this.hostSaid.push(args.join(' '));
    });
    await this.page.exposeFunction('codeAutomationExit', (code: number) => {
      this.hostExit = code;
    });
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.end();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Runs a command from the palette, by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.take(title, `>${title}`);
  }

  /** Opens a file of the folder. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.take(path.basename(name), name);
    await this.shows(name);
    this.file = name;
  }

  /**
   * Waits until the text of a file is there and has the focus. The text before it has the focus once more while
   * it opens: a list that is called then closes as the focus moves on.
   */
  async shows(name: string): Promise<void> {
    const text = this.page.locator(`.editor-instance .monaco-editor.focused[data-uri$="/${encodeURI(path.basename(name))}"]`);
    await text.locator('.view-line').first().waitFor();
  }

  /** Types into the quick input that is open, and takes the line with exactly this label. */
  async choose(label: string): Promise<void> {
    await this.take(label, label);
  }

  /** Takes the line with exactly this label, once what is typed has brought it. */
  private async take(label: string, typed: string): Promise<void> {
    await this.quickInput.locator('input').first().fill(typed);
    const name = this.page.locator('.label-name', { hasText: new RegExp(`^${RegExp.escape(label)}$`) });
    const row = this.quickInput.locator('.monaco-list-row').filter({ has: name }).first();
    await row.click();
    await row.waitFor({ state: 'hidden' });
  }

  /** The quick input that is open: the palette, a list to choose from, a box to type into. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** The text editor; the Output panel has one too. */
  get editor(): Locator {
    return this.page.locator('.editor-instance .monaco-editor').first();
  }

  /** Notifications that are shown. */
  get notifications(): Locator {
    return this.page.locator('.notification-list-item');
  }

  /** Puts the cursor right behind the first place with this text in the file that was opened last, as saved. */
  async cursorAfter(text: string): Promise<void> {
    const source = readFileSync(path.join(this.folder, this.file), 'utf8');
    const at = source.indexOf(text);
    if (at < 0) throw new Error(`${this.file} has no ${text}`);
    const before = source.slice(0, at + text.length).split('\n');
    await this.goTo(before.length, (before.at(-1)?.length ?? 0) + 1);
  }

  /** Puts the cursor at a place, both counted from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.quickInput.locator('input').first().fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
    // The place is shown before the box is gone; keys go to the text only then.
    await this.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
  }

  /** Asks for the quick fixes at the cursor and takes one. */
  async quickFix(title: string): Promise<void> {
    // Lenses that come later move the lines, and the list that hangs on one of them closes.
    await this.lens('').filter({ visible: true }).first().waitFor();
    // Fixes that are asked for before the editor has offered some are asked for in vain.
    await until('the light bulb', () => this.page.evaluate<boolean>(BULB_AT_CURSOR));
    await this.page.keyboard.press('Control+.');
    await this.page.locator('.action-widget .monaco-list-row.action', { hasText: title }).first().click();
  }

  /** The dialog that keeps everything else waiting. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Approves what a run would do, once that is shown. */
  async approve(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Approve and Run' }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** While it goes on, another window is in front of the editor's. */
  async lookElsewhere(meanwhile: () => Promise<void>): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    // Playwright tells every page that it has the focus.
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    const other = await this.page.context().newPage();
    await other.bringToFront();
    await until('the editor to lose the focus', async () => !(await this.page.evaluate('document.hasFocus()')));
    await meanwhile();
    await other.close();
    await this.page.bringToFront();
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    await session.detach();
  }

  /** The code lenses with this title. */
  lens(title: string): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: title });
  }

  /** What is in the clipboard. */
  async clipboard(): Promise<string> {
    return this.page.evaluate('navigator.clipboard.readText()');
  }

  /** Makes a picture in both themes. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(places.screenshots, { recursive: true });
    for (const theme of ['light', 'dark'] as const) {
      await this.theme(theme);
      await this.page.screenshot({ path: path.join(places.screenshots, `${name}-${theme}.png`) });
    }
  }

  /** Makes a picture in both themes for systems that force their colours. */
  async contrastScreenshot(name: string): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme: theme, forcedColors: 'active' });
      await this.page.locator(theme === 'dark' ? '.monaco-workbench.hc-black' : '.monaco-workbench.hc-light').waitFor();
      await this.page.screenshot({ path: path.join(places.screenshots, `${name}-contrast-${theme}.png`) });
    }
    await this.page.emulateMedia({ forcedColors: 'none' });
    await this.theme('dark');
  }

  /** The editor follows what the system likes. */
  async theme(theme: Theme): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.page.locator(theme === 'dark' ? '.monaco-workbench.vs-dark' : '.monaco-workbench.vs').waitFor();
  }

  /** Loads the window again. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
  }

  /** Runs checks, and on a failure leaves a picture of what was on the screen. */
  async seen(name: string, checks: () => Promise<void>): Promise<void> {
    try {
      await checks();
    } catch (error) {
      mkdirSync(places.screenshots, { recursive: true });
      await this.page.screenshot({ path: path.join(places.screenshots, `failed-${name.replace(/\W+/g, '-')}.png`) });
      throw error;
    }
  }
}

/** The part of the address that says what is open. */
function whatToOpen(folder: string, { opens = 'folder', files }: Options): string {
  if (opens === 'nothing') return 'ew=true';
  if (opens === 'folder') return `folder=${folder}`;
  const roots = new Set(Object.keys(files).map((name) => name.split('/')[0]));
  writeInto(folder, 'all.code-workspace', JSON.stringify({ folders: [...roots].map((path) => ({ path })) }));
  return `workspace=${folder}/all.code-workspace`;
}

/** What makes the editor take an extension from a folder and run a script beside it. */
function payload(port: number, tests: string): string {
  const remote = (file: string) => `vscode-remote://127.0.0.1:${port}${file}`;
  const given = [
    ['extensionDevelopmentPath', remote(places.stage())],
    ['extensionTestsPath', remote(tests)],
  ];
  return `&payload=${encodeURIComponent(JSON.stringify(given))}`;
}

async function startServer(root: string, port: number, options: Options): Promise<Group> {
  const { world } = options;
  writeInto(root, 'config.yaml', '');
  const env = {
    ...world.env,
    PATH: `${path.dirname(places.node())}:${process.env.PATH ?? ''}`,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...options.env,
  };
  const common = [places.codeServer(), '--config', `${root}/config.yaml`, '--user-data-dir', `${root}/user`, '--extensions-dir', `${root}/extensions`];
  const packages = [...(options.vsix === 'none' ? [] : [options.vsix ?? places.vsix()]), ...(options.beside ?? [])];
  if (packages.length > 0) await new Group(places.node(), [...common, ...packages.flatMap((vsix) => ['--install-extension', vsix])], env).done();
  const trust = options.trust === 'ask' ? [] : ['--disable-workspace-trust'];
  const driver = options.hostTests ? ['--vscode-option', 'enable-smoke-test-driver'] : [];
  const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
  const server = new Group(places.node(), [...common, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', ...quiet, ...trust, ...driver], env);
  await until('code-server', async () => {
    if (server.child.exitCode !== null) throw new Error(`code-server has ended:\n${server.said}`);
    return fetch(`http://127.0.0.1:${port}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  return server;
}

function writeInto(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
