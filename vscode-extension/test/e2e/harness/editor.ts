// VS Code itself: code-server with the packaged extension, on the screen of a headless Chromium.
//
// `Editor.open` starts one; its methods do what a person does, with the selectors of this version of
// VS Code, and wait for what a person would see. Where that comes only once, and may have gone again, they ask
// again: see `insist`. Put many checks into one start: it takes 15 s.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';

import { launch, startBrowser, type Options } from './launch';
import { places } from './places';
import type { Group } from './process';
import { insist, until, PATIENCE } from './wait';

export type { Options } from './launch';
export type Theme = 'light' | 'dark';

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
    const { root, folder, address, server } = await launch(options);
    const browser = await startBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const editor = new Editor(page, folder, root, server, browser);
    if (options.hostTests) await editor.listenToHost();
    await page.goto(address);
    await editor.settled();
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

  /** Waits until the editor has put itself together: before that it moves the focus about. */
  private async settled(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
    await this.page.waitForFunction("performance.getEntriesByName('code/LifecyclePhase/Restored').length > 0");
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.end();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** Runs a command from the palette, by its title. */
  async command(title: string): Promise<void> {
    await insist(`the command ${title}`, async (patience) => {
      await this.page.keyboard.press('F1');
      await this.take(title, `>${title}`, patience);
    });
  }

  /** Opens a file of the folder. */
  async openFile(name: string): Promise<void> {
    await insist(`${name} to open`, async (patience) => {
      await this.page.keyboard.press('Control+P');
      await this.take(path.basename(name), name, patience);
      await this.shows(name, patience);
    });
    this.file = name;
  }

  /**
   * Waits until the text of a file is there and has the focus. The text before it has the focus once more while
   * it opens: a list that is called then closes as the focus moves on.
   */
  async shows(name: string, patience = PATIENCE): Promise<void> {
    const text = `.editor-instance .monaco-editor[data-uri$="/${encodeURI(path.basename(name))}"]`;
    await this.page.locator(text).locator('.view-line').first().waitFor({ timeout: patience });
    await this.focus(this.page.locator(`${text}.focused`));
  }

  /** Waits until the text has the focus, and gives it to it if nothing else does. */
  async focus(text = this.page.locator('.editor-instance .monaco-editor.focused')): Promise<void> {
    await insist('the focus in the text', async (patience) => {
      try {
        await text.first().waitFor({ timeout: patience });
      } catch (error) {
        await this.command('View: Focus Active Editor Group');
        throw error;
      }
    });
  }

  /** Takes the line with exactly this label from a list, which is called for if it is not there. */
  async choose(label: string, call: () => Promise<void>): Promise<void> {
    await insist(`the line ${label}`, async (patience) => {
      if (!(await this.quickInput.isVisible())) await call();
      await this.take(label, label, patience);
    });
  }

  /** Types into the quick input that is open, and takes the line with exactly this label once that has brought it. */
  private async take(label: string, typed: string, timeout: number): Promise<void> {
    const name = this.page.locator('.label-name', { hasText: new RegExp(`^${RegExp.escape(label)}$`) });
    const row = this.quickInput.locator('.monaco-list-row').filter({ has: name }).first();
    await this.inQuickInput(async () => {
      await this.quickInput.locator('input').first().fill(typed, { timeout });
      await this.pressAway(row, timeout);
    });
  }

  /** Does something in the quick input, which is closed if that fails. */
  private async inQuickInput(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (await this.quickInput.isVisible()) await this.page.keyboard.press('Escape');
      throw error;
    }
  }

  /** The quick input that is open: the palette, a list to choose from, a box to type into. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** The text editor; the Output panel has one too. */
  get editor(): Locator {
    return this.page.locator('.editor-instance .monaco-editor').first();
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
    await insist(`the cursor at ${line}:${column}`, async (timeout) => {
      await this.page.keyboard.press('Control+G');
      await this.inQuickInput(async () => {
        const input = this.quickInput.locator('input').first();
        await input.fill(`:${line}:${column}`, { timeout });
        await input.press('Enter', { timeout });
        await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor({ timeout });
      });
    });
    // The place is shown before the box is gone; keys go to the text only then.
    await this.focus();
  }

  /**
   * Asks for what can be done at the cursor, and does something with the line of the list that has this title. The list closes when lenses move the lines that it hangs on, and an answer that new problems overtake
   * is dropped without a word: VS Code asks by itself only when the cursor moves or problems change, and shows its
   * light bulb only if the text has the focus at the moment of the answer.
   */
  async offered(title: string, use: (row: Locator, patience: number) => Promise<void>, ask = this.keys('Control+.')): Promise<void> {
    const list = this.page.locator('.action-widget:not(.action-list-submenu-panel)').first();
    const row = list.locator('.monaco-list-row.action', { hasText: title }).first();
    await insist(`the offer ${title}`, async (patience) => {
      if (await list.isVisible()) await this.page.keyboard.press('Escape');
      await this.focus();
      await ask();
      await row.waitFor({ timeout: patience });
      await use(row, patience);
    });
  }

  /** Takes one of the changes that are offered at the cursor. */
  async quickFix(title: string, ask?: () => Promise<void>): Promise<void> {
    await this.offered(title, (row, timeout) => this.pressAway(row, timeout), ask);
  }

  /** Presses keys, one after the other. */
  keys(...keys: string[]): () => Promise<void> {
    return async () => {
      for (const key of keys) await this.page.keyboard.press(key);
    };
  }

  /** Asks for the explanation of what is at the cursor until one with these words is there. */
  async explained(words: string): Promise<Locator> {
    const hover = this.page.locator('.monaco-hover:visible', { hasText: words });
    return await insist(`the explanation ${words}`, async (timeout) => {
      await this.page.keyboard.press('Control+K');
      await this.page.keyboard.press('Control+I');
      await hover.waitFor({ timeout });
      return hover;
    });
  }

  /** The code lenses with this title. */
  lens(title: string): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: title });
  }

  /**
   * Waits for a lens, or for there to be none. VS Code drops the question for lenses that is under way when the
   * focus leaves the text, and asks it again when the focus comes back.
   */
  async seesLens(title: string, { nth = 0, gone = false } = {}): Promise<Locator> {
    const lens = this.lens(title).nth(nth);
    return await insist(`the lens ${title}`, async (timeout) => {
      try {
        await lens.waitFor({ timeout, state: gone ? 'detached' : 'visible' });
        return lens;
      } catch (error) {
        await this.command('View: Focus Active Editor Group');
        throw error;
      }
    });
  }

  /** Presses a lens. */
  async press(title: string): Promise<void> {
    await (await this.seesLens(title)).click();
  }

  /** Notifications that are shown. */
  get notifications(): Locator {
    return this.page.locator('.notification-list-item');
  }

  /** The notification with these words: as it comes, or from the list of those that have gone again unanswered. */
  async notice(words: string): Promise<Locator> {
    const notice = this.notifications.filter({ hasText: words }).first();
    return await insist(`the notification ${words}`, async (patience) => {
      try {
        // One that comes now is seen: they stay for ten seconds.
        await notice.waitFor({ timeout: Math.max(patience, PATIENCE / 3) });
        return notice;
      } catch (error) {
        await this.command('Notifications: Show Notifications');
        throw error;
      }
    });
  }

  /** Presses a button of the notification with these words. */
  async answer(words: string, button: string): Promise<void> {
    await insist(`the button ${button} of ${words}`, async (timeout) => {
      const notice = await this.notice(words);
      await notice.hover({ timeout });
      await this.pressAway(notice.getByRole('button', { name: button }), timeout);
    });
  }

  /**
   * Presses something that goes away by that. What is drawn anew between the button of the mouse going down and up
   * is not pressed, and stays; what has gone was pressed, however long that took to see.
   */
  async pressAway(what: Locator, timeout: number): Promise<void> {
    await what.click({ timeout });
    try {
      await what.waitFor({ state: 'hidden', timeout });
    } catch (error) {
      if (await what.isVisible()) throw error;
    }
  }

  /** Takes all notifications away. */
  async clearNotices(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
    await this.notifications.first().waitFor({ state: 'detached' });
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
    await this.settled();
  }

  /** Runs checks, and on a failure leaves a picture of what was on the screen. */
  async seen(name: string, checks: () => Promise<void>): Promise<void> {
    try {
      await checks();
    } catch (error) {
      mkdirSync(places.screenshots, { recursive: true });
      const picture = path.join(places.screenshots, `failed-${name.replace(/\W+/g, '-')}.png`);
      await this.page.screenshot({ path: picture }).catch(() => undefined);
      throw error;
    }
  }
}
