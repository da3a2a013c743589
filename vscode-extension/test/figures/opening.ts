// How long a recipe that is opened waits for its first diagnostics: in the extension host, where the
// probe stands, and on the screen.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

import type { Editor } from '../e2e/harness/editor';
import { places } from '../e2e/harness/places';
import { until } from '../e2e/harness/wait';

/** Milliseconds since the editor opened the document. */
export interface Opening {
  /** The editor knows its diagnostics. */
  applied: number;
  /** The frame that shows the first squiggle begins. */
  painted: number;
}

interface Noted {
  what: 'ready' | 'opened' | 'diagnosed';
  name: string;
  at: number;
}

/** The extension that notes what happens when. */
export class Probe {
  private constructor(
    readonly vsix: string,
    private readonly notes: string,
  ) {}

  /** Packs it, to be installed beside ours. */
  static async make(): Promise<Probe> {
    const folder = path.join(places.root, 'vscode-extension/out/probe');
    const manifest = {
      name: 'probe',
      publisher: 'doppio-figures',
      version: '0.0.1',
      engines: { vscode: '^1.100.0' },
      main: './index.js',
      activationEvents: ['*'],
      extensionKind: ['workspace'],
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
    const vsix = path.join(folder, 'probe.vsix');
    rmSync(vsix, { force: true });
    await createVSIX({ cwd: folder, packagePath: vsix, dependencies: false, allowMissingRepository: true, allowStarActivation: true, skipLicense: true });
    return new Probe(vsix, path.join(folder, 'notes.jsonl'));
  }

  /** What the editor is told so that the probe knows where to write. */
  get env(): Record<string, string> {
    writeFileSync(this.notes, '');
    return { DOPPIO_PROBE: this.notes };
  }

  /** Opens a file with a mistake in it, which was not open before. */
  async open(editor: Editor, file: string): Promise<Opening> {
    await until('the probe', () => this.find('ready'));
    await editor.page.evaluate(`
      globalThis.painted = undefined;
      globalThis.watcher = new MutationObserver(() => {
        const shown = document.querySelector('.tab.active[data-resource-name="${file}"]') && document.querySelector('.squiggly-error');
        if (!shown) return;
        watcher.disconnect();
        requestAnimationFrame(() => (painted = Date.now()));
      });
      watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
    `);
    await editor.openFile(file);
    const painted = await until('the squiggle', () => editor.page.evaluate<number | undefined>('painted'));
    const opened = await until('the document', () => this.find('opened', file));
    const diagnosed = await until('its diagnostics', () => this.find('diagnosed', file));
    return { applied: diagnosed.at - opened.at, painted: painted - opened.at };
  }

  private find(what: Noted['what'], name?: string): Noted | undefined {
    const lines = readFileSync(this.notes, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Noted).find((note) => note.what === what && (name === undefined || note.name === name));
  }
}
