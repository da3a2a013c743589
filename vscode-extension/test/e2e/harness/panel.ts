// The panel of the activity bar, as a person uses it.

import type { Locator } from 'playwright-core';

import type { Editor } from './editor';

export class Panel {
  private constructor(private readonly editor: Editor) {}

  /** Presses our button in the activity bar, as soon as it is there; a second press would close the panel. */
  static async open(editor: Editor): Promise<Panel> {
    const button = editor.page.locator('.activitybar .action-item', { has: editor.page.locator('a.action-label[aria-label^="Doppio"]') });
    await button.waitFor();
    if (!(await button.getAttribute('class'))?.includes('checked')) await button.click();
    const panel = new Panel(editor);
    // Away from it, so that its name does not hide what is beside it.
    await panel.header('Hosts').hover();
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

  /** Presses a button of a line. */
  async act(line: Locator, title: string): Promise<void> {
    await line.hover();
    await line.locator(`.action-label[aria-label^="${title}"]`).click();
  }

  /** Takes something out of the menu of a line. */
  async menu(line: Locator, title: string): Promise<void> {
    await line.click({ button: 'right' });
    const item = this.editor.page.locator('.monaco-menu .action-item', { hasText: title });
    // A menu takes no notice of the mouse for a tenth of a second, so that the click that opened it chooses nothing.
    await item.hover();
    await item.locator('.action-menu-item:focus').waitFor();
    await this.editor.page.keyboard.press('Enter');
  }
}
