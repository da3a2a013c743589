import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRecipeText } from '../../src/language/recognise';

test('a recipe is known by a header or by our directive', () => {
  const recipes = ['[recipe]\n', '# mine\n[recipe] # yes\nname = "a"\n', '[[step]]\r\n', '\uFEFF#:doppio\n', '  [ recipe ]\n'];
  for (const text of recipes) assert.ok(isRecipeText(text), JSON.stringify(text));
});

test('other TOML is not', () => {
  const others = [
    '',
    '[package]\nname = "recipe"\n',
    '[recipes]\n',
    '[[steps]]\n',
    '[recipe.extra]\n',
    '# [recipe]\n',
    'text = """\n[recipe]\n"""\n',
    "text = '''\n[[step]]\n'''\n",
    '[tool.recipe]\n',
    '# see #:doppio\n',
  ];
  for (const text of others) assert.ok(!isRecipeText(text), JSON.stringify(text));
});
