// The snippets, as the real binary sees what they make.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { places } from './harness/places';

interface Snippet {
  prefix: string[];
  body: string[];
}

const RECIPE = '[recipe]\nname = "test"\n\n';
// A secret that nobody has stored here, and a value that nothing uses yet, are no mistakes of a snippet.
const EXPECTED = ['missing-secret', 'unused-variable', 'unused-capture'];
const BUILD = '[[step]]\nid = "build"\nrun_commands = { commands = "true" }\n\n';

const file = path.join(places.root, 'vscode-extension/snippets/doppio-recipe.json');
const snippets = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Snippet>;
let home: string;

before(() => {
  home = mkdtempSync(path.join(tmpdir(), 'doppio-snippets-'));
});

after(() => {
  rmSync(home, { recursive: true });
});

for (const [name, snippet] of Object.entries(snippets)) {
  test(`the snippet '${name}' makes a recipe without mistakes`, () => {
    const text = expanded(snippet);
    const whole = text.startsWith('[recipe]') ? text : RECIPE + (text.includes('"build"]') ? BUILD : '') + text;
    const recipe = path.join(home, 'made.recipe.toml');
    writeFileSync(recipe, whole);
    const result = doppio('check', '--format', 'json', recipe);
    const codes = [...result.stdout.matchAll(/"code":"([\w-]+)"/g)].map((match) => match[1]);
    assert.deepEqual(codes.filter((code) => !EXPECTED.includes(code ?? '')), [], `${whole}\n${result.stdout}`);
  });
}

test('the snippet of a recipe runs as it is', () => {
  const recipe = path.join(home, 'whole.recipe.toml');
  const snippet = snippets.Recipe;
  assert.ok(snippet);
  writeFileSync(recipe, expanded(snippet));
  const result = doppio('run', '--yes', recipe);
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stdout + result.stderr, /hello/);
});

function doppio(...args: string[]) {
  return spawnSync(places.doppio(), args, { env: { HOME: home, PATH: process.env.PATH }, encoding: 'utf8' });
}

/** What stands there if every field is left as it is. */
function expanded(snippet: Snippet): string {
  return snippet.body
    .join('\n')
    .replace(/\$\{\d+\|([^,|]*)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:([^{}$]*)\}/g, '$1')
    .replace(/\$0/g, '')
    .replace(/\\\$/g, '$');
}
