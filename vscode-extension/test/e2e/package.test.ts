// What is in the package that people install, and that its manifest says what it should.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { places } from './harness/places';

interface Manifest {
  version: string;
  contributes: {
    configuration: { properties: Record<string, { markdownDescription?: string; scope?: string }> };
    commands: { command: string; title: string }[];
    views: Record<string, { id: string }[]>;
    walkthroughs: { steps: { media: Record<string, unknown>; description: string }[] }[];
  };
  activationEvents: string[];
}

const ALLOWED = [
  /^(package\.json|readme\.md|changelog\.md|language-configuration\.json|LICENSE\.txt)$/i,
  /^dist\/[\w-]+\.(js|css)$/,
  /^images\/([\w-]+\.(svg|png)|screens\/[\w-]+\.png)$/,
  /^server\/doppio(\.exe)?$/,
  /^(snippets|syntaxes)\/[\w.-]+\.json$/,
  /^walkthrough\/[\w-]+\.md$/,
];

/** Beside the package under test, those that people get, made by the same script: with a program and without one. */
const OTHERS = ['linux-x64', 'win32-x64', 'universal'];

let files: string[];
let manifest: Manifest;

before(() => {
  files = contents(places.vsix());
  manifest = JSON.parse(readFileSync(path.join(places.root, 'vscode-extension/package.json'), 'utf8')) as Manifest;
});

test('nothing is in the package that does not belong there', () => {
  assert.ok(files.length > 10, files.join(' '));
  assert.deepEqual(files.filter((name) => !ALLOWED.some((pattern) => pattern.test(name))), []);
});

test('packages for the systems that there are differ in the program alone', () => {
  const folder = path.join(places.root, 'vscode-extension');
  const program = path.join(places.stage(), 'server/doppio');
  for (const target of OTHERS) {
    const how = target === 'universal' ? ['--universal'] : ['--target', target, '--binary', program];
    const said = execFileSync(process.execPath, ['scripts/package.mjs', ...how], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const vsix = /^(\/.*\.vsix): [\d.]+ MB$/m.exec(said)?.[1] ?? '';
    const server = { 'win32-x64': ['server/doppio.exe'], universal: [] }[target] ?? ['server/doppio'];
    const same = files.filter((name) => !name.startsWith('server/'));
    assert.deepEqual(contents(vsix).sort(), [...same, ...server].sort(), target);
    const platform = /TargetPlatform="([^"]+)"/.exec(read(vsix, 'extension.vsixmanifest'))?.[1];
    assert.equal(platform, target === 'universal' ? undefined : target);
    assert.ok(statSync(vsix).size < 15_000_000, target);
  }
});

test('the package has what the manifest names', () => {
  for (const name of ['dist/extension.js', 'server/doppio', 'images/icon.png']) assert.ok(files.includes(name), name);
  const named = JSON.stringify(manifest).matchAll(/"\.?\/?((?:images|syntaxes|snippets|walkthrough)\/[\w./-]+)"/g);
  for (const [, name] of named) assert.ok(files.includes(name ?? ''), name);
  const readme = readFileSync(path.join(places.root, 'vscode-extension/README.md'), 'utf8');
  for (const [, name] of readme.matchAll(/\]\((images\/[^)]+)\)/g)) assert.ok(files.includes(name ?? ''), name);
});

test('the bundle has no map, no source path and no test', () => {
  const bundle = read(places.vsix(), 'extension/dist/extension.js');
  for (const trace of ['sourceMappingURL', 'playwright', 'node:test', places.root]) assert.ok(!bundle.includes(trace), trace);
});

test('the versions of the extension and of the program are one', () => {
  assert.equal(execFileSync(places.doppio(), ['--version'], { encoding: 'utf8' }).trim(), `doppio ${manifest.version}`);
});

test('settings are few, explained here and in the README, and none that a folder sets names a program', () => {
  const settings = Object.entries(manifest.contributes.configuration.properties);
  assert.ok(settings.length <= 8, `${settings.length} settings`);
  const readme = readFileSync(path.join(places.root, 'vscode-extension/README.md'), 'utf8');
  for (const [name, setting] of settings) {
    assert.ok(setting.markdownDescription, name);
    assert.ok(readme.includes(`\`${name}\``), `${name} is not in the README`);
    if (name.endsWith('path')) assert.equal(setting.scope, 'machine');
  }
});

test('the walkthrough has five steps, whose commands exist', () => {
  const steps = manifest.contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  assert.equal(steps.length, 5);
  const { commands, views } = manifest.contributes;
  const known = [...commands.map(({ command }) => command), ...Object.values(views).flat().map(({ id }) => `${id}.focus`)];
  for (const step of steps) {
    const named = [...step.description.matchAll(/\(command:(doppio[\w.]*)\)/g)].map(([, command]) => command ?? '');
    assert.deepEqual(named.filter((command, index) => !known.includes(command) || named.indexOf(command) < index), []);
  }
});

test('it wakes for recipes only', () => {
  for (const event of manifest.activationEvents) assert.match(event, /^(workspaceContains:.*(recipe|\.doppio)|onLanguage:toml$|onWebviewPanel:doppio\.graph$)/);
});

/** The files of the extension in a package. */
function contents(vsix: string): string[] {
  const listed = execFileSync('python3', ['-m', 'zipfile', '-l', vsix], { encoding: 'utf8' });
  return [...listed.matchAll(/^extension\/(\S+)/gm)].map((match) => match[1] ?? '').filter((name) => !name.endsWith('/'));
}

/** A text in a package. */
function read(vsix: string, name: string): string {
  const script = 'import sys,zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))';
  return execFileSync('python3', ['-c', script, vsix, name], { encoding: 'utf8', maxBuffer: 1 << 26 });
}
