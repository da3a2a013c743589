import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Backoff } from '../../src/server/backoff';
import { fit } from '../../src/server/version';

test('a server that crashes is started again, ever later, and given up; the user hears of the first and of the end', () => {
  const backoff = new Backoff();
  const verdicts = [0, 1, 2, 3, 4, 5].map((now) => backoff.crashed(now));
  assert.deepEqual(verdicts, [
    { wait: 500, tell: true },
    { wait: 1_000, tell: false },
    { wait: 2_000, tell: false },
    { wait: 4_000, tell: false },
    { wait: 8_000, tell: false },
    { tell: true },
  ]);
});

test('a crash long after the last one is a first one', () => {
  const backoff = new Backoff();
  backoff.crashed(0);
  assert.deepEqual(backoff.crashed(10 * 60_000), { wait: 500, tell: true });
});

test('a start by hand forgets the crashes', () => {
  const backoff = new Backoff();
  backoff.crashed(0);
  backoff.crashed(1);
  backoff.reset();
  assert.deepEqual(backoff.crashed(2), { wait: 500, tell: true });
});

test('versions fit as semantic versions do', () => {
  const cases: [string | undefined, string, string][] = [
    ['0.1.0', '0.1.9', 'fits'],
    ['0.1.0', '0.2.0', 'older'],
    ['0.3.0', '0.2.0', 'newer'],
    ['1.0.0', '1.9.0', 'fits'],
    ['1.9.0', '2.0.0', 'older'],
    [undefined, '0.1.0', 'unknown'],
    ['nightly', '0.1.0', 'unknown'],
  ];
  for (const [server, extension, expected] of cases) assert.equal(fit(server, extension), expected, `${server ?? 'none'} to ${extension}`);
});
