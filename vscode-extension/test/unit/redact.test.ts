import assert from 'node:assert/strict';
import { test } from 'node:test';

import { redact } from '../../src/server/redact';

const ME = { home: '/home/anna', user: 'anna', machine: 'anna-laptop', folders: ['/home/anna/work/secret project', '/srv/jobs'] };

test('people and places are not in a report', () => {
  const cases: [text: string, expected: string][] = [
    ['opened /home/anna/work/secret project/a.toml', 'opened FOLDER1/a.toml'],
    ['file:///home/anna/work/secret%20project/a.toml', 'file://FOLDER1/a.toml'],
    ['log in /home/anna/.local, /srv/jobs/b.toml', 'log in ~/.local, FOLDER2/b.toml'],
    ['anna on anna-laptop: susanna', 'USER on MACHINE: susanna'],
    ['root@203.0.113.7:22 and 203.0.113.7', 'USER@HOST:22 and ADDRESS'],
    ['version 0.1.0', 'version 0.1.0'],
  ];
  for (const [text, expected] of cases) assert.equal(redact(text, ME), expected);
});

test('a name that stands in any text stays', () => {
  assert.equal(redact('root of the tree', { home: '/root', user: 'root', machine: 'localhost', folders: [] }), 'root of the tree');
});
