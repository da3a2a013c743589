// The panel of the activity bar, as a person uses it.

import type { Locator } from 'playwright-core';

import type { Editor } from './editor';
import { insist, until } from './wait';

export class Panel {
  private constructor(private readonly editor: Editor) {}

  /** Presses our button in the activity bar, if the panel is not open: a second press would close it. */
  static async open(editor: Editor): Promise<Panel> {
    const button = editor.page.locator('.activitybar .action-item', { has: editor.page.locator('a.action-label[aria-label^="Doppio"]') });
    const panel = new Panel(editor);
    await insist('the panel', async (timeout) => {
      await button.waitFor({ timeout });
      if (!(await button.getAttribute('class'))?.includes('checked')) await button.click({ timeout });
      // Away from the button, so that its name does not hide what is beside it.
      await panel.header('Hosts').hover({ timeout });
    });
    return panel;
  }

  /** The line with a view's title. */
  header(view: string): Locator {
    return this.editor.page.locator('.sidebar .pane-header', { hasText: view });
  }

  /** What a view says that has nothing to show. */
  welcome(words: string): Locator {
    return this.editor.page.locator('.welcome-view-content', { hasText: words }).first();
  }

  /** A line of a view. */
  row(label: string, description = ''): Locator {
    const rows = this.editor.page.locator('.sidebar .monaco-list-row').filter({ has: this.editor.page.getByText(label, { exact: true }) });
    return description === '' ? rows.first() : rows.filter({ hasText: description }).first();
  }

  /** What in the panel a screen reader could not name: lines, buttons and boxes. */
  async nameless(): Promise<string[]> {
    return await this.editor.page.locator('.sidebar').evaluate((sidebar) => {
      const parts = sidebar.querySelectorAll('.monaco-list, .monaco-list-row, a.action-label, .monaco-button, input, .pane-header');
      const isNamed = (part: Element) => Boolean((part.getAttribute('aria-label') ?? part.textContent).trim());
      return [...parts].filter((part) => part.checkVisibility() && !isNamed(part)).map((part) => part.outerHTML);
    });
  }

  /** Shows what is under a line. */
  async unfold(line: Locator): Promise<void> {
    await insist('what is under a line', async (timeout) => {
      if ((await line.getAttribute('aria-expanded', { timeout })) !== 'true') await line.locator('.monaco-tl-twistie').click({ timeout });
      await line.and(this.editor.page.locator('[aria-expanded=true]')).waitFor({ timeout });
    });
  }

  /**
   * Presses a button of a line, which is there while the mouse is on the line, until something shows that it was
   * pressed: a view that is drawn anew at that moment swallows it.
   */
  async act(line: Locator, title: string, shows: Locator): Promise<void> {
    await insist(`what the button ${title} does`, async (timeout) => {
      if (await shows.isVisible()) return;
      await line.hover({ timeout });
      await line.locator(`.action-label[aria-label^="${title}"]`).click({ timeout });
      await shows.waitFor({ timeout });
    });
  }

  /** Takes something out of the menu of a line. */
  async menu(line: Locator, title: string): Promise<void> {
    const { page } = this.editor;
    const menu = page.locator('.monaco-menu');
    const item = menu.locator('.action-item', { hasText: title });
    await insist(`the menu's ${title}`, async (timeout) => {
      if (await menu.isVisible()) await page.keyboard.press('Escape');
      await line.click({ button: 'right', timeout });
      await item.waitFor({ timeout });
      // A menu takes no notice of the mouse for a tenth of a second, so that the click that opened it chooses nothing.
      await until(
        `the focus on ${title}`,
        async () => {
          await page.mouse.move(0, 0);
          await item.hover({ timeout });
          return (await item.locator('.action-menu-item:focus').count()) > 0;
        },
        timeout,
      );
      await page.keyboard.press('Enter');
    });
  }
}
