import assert from 'node:assert/strict';
import { test } from 'node:test';

import { breaks, count, moment, span, stepWords, usedBy } from '../../src/views/words';
import type { RunStep, Use } from '../../src/views/wire';

test('durations are said in words', () => {
  assert.deepEqual([0.02, 1, 2.46, 59.6, 60, 61, 3600, 3660].map(span), [
    'less than a second', '1 second', '2.5 seconds', '1 minute', '1 minute', '1 minute 1 second', '1 hour', '1 hour 1 minute',
  ]);
  assert.equal(count(0, 'step'), '0 steps');
});

test('times are days and clocks', () => {
  const now = new Date(2026, 10, 25, 12, 0);
  const at = (month: number, day: number, year = 2026) => moment(new Date(year, month, day, 9, 5).toISOString(), now);
  assert.equal(at(10, 25), 'today at 09:05');
  assert.equal(at(10, 24), 'yesterday at 09:05');
  assert.equal(at(10, 3), '3 November at 09:05');
  assert.equal(at(10, 3, 2025), '3 November 2025 at 09:05');
});

test('a step says how it stands', () => {
  const step: RunStep = { id: 'a', name: 'a', status: 'failed', started: null, seconds: 2, exitCode: 3, message: 'exit code 3', line: 1 };
  const now = new Date();
  assert.equal(stepWords(step, now), 'exit code 3 after 2 seconds');
  assert.equal(stepWords({ ...step, status: 'success' }, now), '2 seconds');
  assert.equal(stepWords({ ...step, status: 'running', message: null }, now), 'running');
});

test('what a secret is needed for is named once', () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
  const uses: Use[] = ['file:///w/b%20c.toml', 'file:///w/a.toml', 'file:///w/a.toml'].map((uri) => ({ uri, range }));
  assert.deepEqual(usedBy(uses), ['a.toml', 'b c.toml']);
  assert.equal(breaks(uses), '2 recipes use it and will not run without it: a.toml, b c.toml.');
  assert.equal(breaks([]), 'No recipe of this workspace uses it.');
});
