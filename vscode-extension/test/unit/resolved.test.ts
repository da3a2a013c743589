import assert from 'node:assert/strict';
import { test } from 'node:test';

import { described } from '../../src/resolved/words';

const span = (origin: string, name: string | null) => ({ start: 0, end: 1, origin, name, location: null });

test('each part says where it comes from, but what is written there', () => {
  assert.equal(described(span('recipe', null)), undefined);
  assert.equal(described(span('variable', 'model')), 'the value of the variable model');
  assert.match(described(span('secret', 'a/b')) ?? '', /^the secret a\/b: its value is read/);
  assert.equal(described(span('builtin', 'now')), 'the time the run starts');
  assert.equal(described(span('shell', 'HOME')), 'HOME is left to the remote shell');
  assert.equal(described(span('something new', 'x')), undefined);
});
