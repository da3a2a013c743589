// code-server with a folder of the test's own, and a browser to look at it with.

import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

import { places } from './places';
import { Group } from './process';
import { until } from './wait';
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

export interface Launched {
  /** Where all of it is. */
  root: string;
  /** The folder that is open. */
  folder: string;
  /** Where a browser finds it. */
  address: string;
  server: Group;
}

/** Starts code-server. */
export async function launch(options: Options): Promise<Launched> {
  const root = mkdtempSync(path.join(tmpdir(), 'doppio-vscode-'));
  const folder = path.join(root, 'work');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(options.files)) writeInto(folder, name, text);
  for (const name of options.programs ?? []) chmodSync(path.join(folder, name), 0o755);
  const prompt = options.trust === 'ask' ? { 'security.workspace.trust.startupPrompt': 'always' } : {};
  writeInto(root, 'user/User/settings.json', JSON.stringify({ ...QUIET, ...prompt }));
  writeInto(root, 'user/Machine/settings.json', JSON.stringify(options.settings ?? {}));
  const server = await startServer(root, options);
  const port = await listeningAt(server);
  const address = `http://127.0.0.1:${port}/?${whatToOpen(folder, options)}${options.hostTests ? payload(port, options.hostTests) : ''}`;
  return { root, folder, address, server };
}

export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: places.chromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
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

async function startServer(root: string, options: Options): Promise<Group> {
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
  // A port that is chosen here could be somebody else's by the time the server takes it.
  return new Group(places.node(), [...common, '--bind-addr', '127.0.0.1:0', '--auth', 'none', ...quiet, ...trust, ...driver], env);
}

/** The port that code-server says it has taken, once it answers there. */
async function listeningAt(server: Group): Promise<number> {
  return await until('code-server', async () => {
    if (server.child.exitCode !== null) throw new Error(`code-server has ended:\n${server.said}`);
    const port = /server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(server.said)?.[1];
    if (port === undefined) return undefined;
    const isHealthy = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    return isHealthy ? Number(port) : undefined;
  });
}

function writeInto(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
