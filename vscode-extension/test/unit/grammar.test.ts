// The grammar, tokenised by the engine that VS Code uses, with VS Code's own grammar for shell.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { before, test } from 'node:test';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';

import { places } from '../e2e/harness/places';

let grammar: IGrammar;

before(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const shell = path.join(places.codeServer(), '../../../lib/vscode/extensions/shellscript/syntaxes/shell-unix-bash.tmLanguage.json');
  const files: Record<string, string> = {
    'source.doppio-recipe': path.join(places.root, 'vscode-extension/syntaxes/doppio-recipe.tmLanguage.json'),
    'source.shell': shell,
  };
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (scope) => Promise.resolve(files[scope] ? textmate.parseRawGrammar(readFileSync(files[scope], 'utf8'), files[scope]) : null),
  });
  const loaded = await registry.loadGrammar('source.doppio-recipe');
  assert.ok(loaded);
  grammar = loaded;
});

/** The innermost scope of each piece of text that has one of its own, without our suffix. */
function tokens(text: string): [string, string][] {
  let stack = textmate.INITIAL;
  const all: [string, string][] = [];
  for (const line of text.split('\n')) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const token of result.tokens) {
      const piece = line.slice(token.startIndex, token.endIndex);
      if (piece.trim() !== '') all.push([piece, token.scopes.join(' ')]);
    }
  }
  return all;
}

/** Whether a piece of the text has a scope. */
function check(text: string, expected: [piece: string, scope: string][]): void {
  const all = tokens(text);
  for (const [piece, scope] of expected) {
    const found = all.filter(([token]) => token === piece);
    assert.ok(found.length > 0, `no token ${piece} in ${JSON.stringify(all, undefined, 1)}`);
    assert.ok(found.some(([, scopes]) => scopes.includes(scope)), `${piece} is ${found.map(([, scopes]) => scopes).join(' | ')}, not ${scope}`);
  }
}

test('TOML 1.1', () => {
  check(
    `# a comment
[recipe]
name = "a\\tb\\x41\\e" # behind
count = 1_000
hex = 0xdead_beef
half = -0.5e+3
yes = true
when = 1979-05-27T07:32Z
at = 07:32
"quoted key" = 'literal'
a.b."c d" = { x = 1,
  # inside, over lines, with a last comma
  y = [1, 2, ],
}
[[step]]`,
    [
      ['#', 'comment.line'],
      ['recipe', 'entity.name.section'],
      ['name', 'entity.name.tag'],
      ['\\t', 'constant.character.escape'],
      ['\\x41', 'constant.character.escape'],
      ['\\e', 'constant.character.escape'],
      [' behind', 'comment.line'],
      ['1_000', 'constant.numeric'],
      ['0xdead_beef', 'constant.numeric.hex'],
      ['-0.5e+3', 'constant.numeric'],
      ['true', 'constant.language.boolean'],
      ['1979-05-27T07:32Z', 'constant.other.datetime'],
      ['07:32', 'constant.other.time'],
      ['"quoted key"', 'entity.name.tag'],
      ['literal', 'string.quoted.single'],
      ['b', 'entity.name.tag'],
      ['"c d"', 'entity.name.tag'],
      ['y', 'meta.inline-table'],
      ['2', 'meta.array'],
      ['[[', 'punctuation.definition.table'],
      ['step', 'entity.name.section'],
    ],
  );
});

test('references and secrets in strings', () => {
  check(
    'env = { TOKEN = "x${secret:huggingface/token}", A = "${MODEL}", B = \'${step.train.output}\', C = "${env.HOME} ${now} $${not}" }',
    [
      ['secret', 'keyword.control.secret'],
      ['huggingface/token', 'entity.name.type.secret'],
      ['MODEL', 'variable.other.readwrite'],
      ['train', 'entity.name.function.step'],
      ['output', 'variable.other.property'],
      ['HOME', 'variable.other.constant'],
      ['now', 'variable.language'],
      ['$$', 'constant.character.escape'],
    ],
  );
});

const SHELLS: [kind: string, text: string][] = [
  ['one line', 'commands = "if true; then echo \\"hi ${secret:a/b}\\"; fi" }\nafter = 1'],
  ['literal', "commands = 'if true; then echo \"hi ${secret:a/b}\"; fi'\nafter = 1"],
  ['over lines', "commands = '''\nif true; then\n  echo \"hi ${secret:a/b}\"\nfi\n''' }\nafter = 1"],
  ['basic over lines', 'command = """\nif true; then echo hi ${secret:a/b}; fi\n"""\nafter = 1'],
  ['ends on its line', "commands = '''if true; then echo ${secret:a/b}; fi''' }\nafter = 1"],
  ['ends behind text', "commands = '''\nif true\nthen echo ${secret:a/b}; fi''' }\nafter = 1"],
];

for (const [kind, text] of SHELLS) {
  test(`shell text is shell: ${kind}`, () => {
    check(text, [
      ['if', 'keyword.control'],
      ['true', 'entity.name.command'],
      ['then', 'keyword.control'],
      ['echo', 'support.function.builtin'],
      ['fi', 'keyword.control'],
      ['a/b', 'entity.name.type.secret'],
      ['after', 'entity.name.tag'],
    ]);
    assert.ok(!tokens(text).some(([piece, scopes]) => piece === 'after' && scopes.includes('shell')), 'the shell ends with its string');
  });
}

test('a quote that the shell leaves open does not swallow the recipe', () => {
  const texts = ["commands = '''\necho \"open\n'''\nafter = 1", 'commands = "echo \'open"\nafter = 1', "commands = '''\ncat <<EOF\nopen\n'''\nafter = 1"];
  for (const text of texts) check(text, [['after', 'entity.name.tag']]);
});

test('strings of other keys are no shell', () => {
  assert.ok(!tokens('name = "if true; then"').some(([, scopes]) => scopes.includes('shell')));
});

test('the first command of a string is a command, and what follows are its arguments', () => {
  const keyword = 'keyword.control';
  const command = 'entity.name.command';
  const cases: [text: string, expected: [piece: string, scope: string][]][] = [
    ['echo done', [['echo', 'support.function.builtin'], ['done', 'string.unquoted.argument']]],
    [' python train.py --steps 10', [['python', command], ['10', 'string.unquoted.argument']]],
    ['for x in a b; do make $x; done', [['for', keyword], ['do', keyword], ['make', command], ['done', keyword]]],
    ['while ! test -e a; do sleep 1; done', [['while', keyword], ['test', command], ['sleep', command], ['done', keyword]]],
    ['{ make; }', [['{', 'punctuation.definition.group'], ['make', command]]],
    ['A=1 make fi', [['A', 'variable.other.assignment'], ['make', command], ['fi', 'string.unquoted']]],
    ['true && make', [['true', command], ['make', command]]],
  ];
  for (const [text, expected] of cases) {
    const strings = [`"${text}"`, `'${text}'`, `"""${text}"""`, `'''${text}'''`, `"""${text}\n"""`];
    for (const string of strings) check(`commands = ${string}\nafter = 1`, [...expected, ['after', 'entity.name.tag']]);
  }
});

test('escapes of a basic string are its own, wherever they stand in the shell text', () => {
  check('commands = "printf \\"%s\\\\n\\" a; echo \\t"', [['\\"', 'escape.doppio-recipe'], ['\\\\', 'escape.doppio-recipe'], ['\\t', 'escape.doppio-recipe']]);
  const literal = tokens("commands = 'printf a\\t'");
  assert.ok(!literal.some(([, scopes]) => scopes.includes('escape.doppio-recipe')), 'a literal string has none');
});
