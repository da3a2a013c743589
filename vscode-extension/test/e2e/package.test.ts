// What is in the package that people install, and that its manifest says what it should.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { places } from './harness/places';

interface Manifest {
  version: string;
  contributes: {
    configuration: { properties: Record<string, { markdownDescription?: string; scope?: string }> };
    commands: { command: string; title: string }[];
    walkthroughs: { steps: { media: Record<string, unknown>; description: string }[] }[];
  };
  activationEvents: string[];
}

const ALLOWED = [
  /^(package\.json|readme\.md|changelog\.md|language-configuration\.json|LICENSE-(MIT|APACHE)\.txt)$/i,
  /^dist\/[\w-]+\.(js|css)$/,
  /^images\/([\w-]+\.(svg|png)|screens\/[\w-]+\.png)$/,
  /^server\/doppio(\.exe)?$/,
  /^(snippets|syntaxes)\/[\w.-]+\.json$/,
  /^walkthrough\/[\w-]+\.md$/,
];

let files: string[];
let manifest: Manifest;

before(() => {
  const listed = execFileSync('python3', ['-m', 'zipfile', '-l', places.vsix()], { encoding: 'utf8' });
  files = [...listed.matchAll(/^extension\/(\S+)/gm)].map((match) => match[1] ?? '').filter((name) => !name.endsWith('/'));
  manifest = JSON.parse(readFileSync(path.join(places.root, 'vscode-extension/package.json'), 'utf8')) as Manifest;
});

test('nothing is in the package that does not belong there', () => {
  assert.ok(files.length > 10, files.join(' '));
  assert.deepEqual(files.filter((name) => !ALLOWED.some((pattern) => pattern.test(name))), []);
});

test('the package has what the manifest names', () => {
  for (const name of ['dist/extension.js', 'server/doppio', 'images/icon.png']) assert.ok(files.includes(name), name);
  const named = JSON.stringify(manifest).matchAll(/"\.?\/?((?:images|syntaxes|snippets|walkthrough)\/[\w./-]+)"/g);
  for (const [, name] of named) assert.ok(files.includes(name ?? ''), name);
  const readme = readFileSync(path.join(places.root, 'vscode-extension/README.md'), 'utf8');
  for (const [, name] of readme.matchAll(/\]\((images\/[^)]+)\)/g)) assert.ok(files.includes(name ?? ''), name);
});

test('the bundle has no map, no source path and no test', () => {
  const bundle = execFileSync('python3', ['-c', 'import sys,zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("extension/dist/extension.js"))', places.vsix()], { encoding: 'utf8', maxBuffer: 1 << 26 });
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
  const commands = manifest.contributes.commands.map(({ command }) => command);
  for (const step of steps) {
    for (const [, command] of step.description.matchAll(/\(command:(doppio[\w.]*)\)/g)) assert.ok(commands.includes(command ?? ''), command);
  }
});

test('it wakes for recipes only', () => {
  for (const event of manifest.activationEvents) assert.match(event, /^(workspaceContains:.*(recipe|\.doppio)|onLanguage:toml$|onWebviewPanel:doppio\.graph$)/);
});
