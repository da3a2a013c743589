import assert from 'node:assert/strict';
import { test } from 'node:test';

import { choices, inShort, isApproval, isWorthTelling, onAnotherHost, withRecent } from '../../src/run/choices';
import { commandLine, isDefinition, title } from '../../src/run/task-line';
import { RunText, asLabel, duration, plain } from '../../src/run/text';
import type { RunEvent } from '../../src/run/wire';

const STARTED: RunEvent = {
  event: 'run_started',
  run_id: '1',
  recipe: 'train',
  target: 'gpu-1',
  steps: [
    { id: 'a', name: 'Install', line: 1 },
    { id: 'b', name: 'Train', line: 5 },
  ],
};

/** What the events show, without colours and line ends of a terminal. */
function shown(...events: RunEvent[]): string[] {
  const text = new RunText();
  const all = events.map((event) => text.event(event)).join('');
  return all
    .replace(/\x1b\[[0-9;]*m/g, '')
    .replace(/ ─+/g, ' ─')
    .split('\r\n')
    .filter((line) => line !== '');
}

test('a run is shown with a heading for each step and its end', () => {
  assert.deepEqual(
    shown(
      STARTED,
      { event: 'step_started', step: 'a', host: 'gpu-1' },
      { event: 'output', step: 'a', text: 'one\ntwo' },
      { event: 'step_finished', step: 'a', status: 'success', seconds: 1.26 },
      { event: 'step_started', step: 'b', host: 'local' },
      { event: 'step_finished', step: 'b', status: 'failed', message: 'exit code 1', seconds: 75 },
      { event: 'run_finished', status: 'failed', seconds: 76 },
    ),
    ['Running train on gpu-1', '── Install · gpu-1 ─', 'one', 'two', '✓ Install 1.3 s', '── Train ─', '✗ Train: exit code 1 1 min 15 s', '✗ Failed after 1 min 16 s'],
  );
});

test('steps that print at the same time take turns under headings', () => {
  assert.deepEqual(
    shown(
      STARTED,
      { event: 'step_started', step: 'a' },
      { event: 'step_started', step: 'b' },
      { event: 'output', step: 'a', text: 'from a' },
      { event: 'output', step: 'a', text: ' still\n' },
      { event: 'output', step: 'b', text: 'from b\n' },
    ),
    ['Running train on gpu-1', '── Install ─', '── Train ─', '── Install · goes on ─', 'from a still', '── Train · goes on ─', 'from b'],
  );
});

test('colours pass, also in pieces, and nothing else that a terminal obeys', () => {
  const text = new RunText();
  text.event(STARTED);
  text.event({ event: 'step_started', step: 'a' });
  const output = (piece: string) => text.event({ event: 'output', step: 'a', text: piece });
  assert.equal(output('\x1b[1;31mred\x1b[0m'), '\x1b[1;31mred\x1b[0m');
  assert.equal(output('\x1b[3'), '');
  assert.equal(output('1mred'), '\x1b[31mred');
  assert.equal(output('\x1b]0;title\x07\x1b[2J\x9b1m'), '\\x1b]0;title\\x07\\x1b[2J\\x9b1m');
  assert.equal(output('50%\r100%\n'), '50%\r100%\r\n');
});

test('a name that tries to be more than text stays text', () => {
  assert.equal(plain('a\x1b[31m\u202eb\nc'), 'a\\x1b[31m\\u{202e}b\\x0ac');
  const lines = shown({ ...STARTED, recipe: '\x1b]8;;http://x\x07click', steps: [] });
  assert.deepEqual(lines, ['Running \\x1b]8;;http://x\\x07click on gpu-1']);
});

test('an event of a later version is passed over', () => {
  assert.equal(new RunText().event({ event: 'news' } as unknown as RunEvent), '');
});

test('durations are said as people do', () => {
  const said = [0.04, 9.96, 59.4, 60, 61, 3600, 5400].map(duration);
  assert.deepEqual(said, ['0.0 s', '10.0 s', '59 s', '1 min', '1 min 1 s', '1 h', '1 h 30 min']);
});

test('hosts that were used come first, and another one can be named', () => {
  const on = (target: string) => ({ title: `Run on ${target}`, command: 'doppio.run', arguments: [{ uri: 'file:///a', target }] });
  const commands = [on('a'), on('b'), on('c')];
  const recent = withRecent(withRecent(['c'], 'a'), 'c');
  assert.deepEqual(recent, ['c', 'a']);
  assert.deepEqual(
    choices(commands, recent).map(({ label, description }) => [label, description]),
    [
      ['c', 'used before'],
      ['a', 'used before'],
      ['b', ''],
    ],
  );
  assert.deepEqual(onAnotherHost(commands, 'me@there')?.arguments, [{ uri: 'file:///a', target: 'me@there' }]);
  assert.equal(onAnotherHost([{ title: 'Trust', command: 'doppio.run', arguments: [{ uri: 'file:///a' }] }], 'x'), undefined);
});

test('only the end of a long run that nobody watches is told', () => {
  assert.ok(isWorthTelling(61, false, 60));
  assert.ok(!isWorthTelling(61, true, 60));
  assert.ok(!isWorthTelling(59, false, 60));
  assert.ok(!isWorthTelling(61, false, 0));
});

test('a task is a list of arguments, whatever is in its names', () => {
  const definition = { recipe: '-x $(id).toml', target: '--rm; ls', step: 'a b', vars: { N: '1 2' }, action: 'run' as const };
  assert.deepEqual(commandLine(definition), ['run', '--target=--rm; ls', '--step=a b', '--var=N=1 2', '--', '-x $(id).toml']);
  assert.deepEqual(commandLine({ recipe: 'a.toml', action: 'check' }), ['check', '--', 'a.toml']);
  assert.deepEqual(commandLine({ recipe: 'a.toml', action: 'dryRun', from: 'b' }), ['run', '--from=b', '--dry-run', '--', 'a.toml']);
  assert.equal(title({ recipe: 'a.toml', from: 'b', target: 'c' }), 'run a.toml b … on c');
});

test('a task that is written wrong is none', () => {
  assert.ok(isDefinition({ type: 'doppio', recipe: 'a.toml', vars: { a: 'b' } }));
  for (const wrong of [{}, { recipe: 1 }, { recipe: 'a', target: [] }, { recipe: 'a', vars: { a: 1 } }, { recipe: 'a', action: 'rm' }]) {
    assert.ok(!isDefinition(wrong), JSON.stringify(wrong));
  }
});

test('what a run does is cut where a dialog ends, and says so', () => {
  const lines = Array.from({ length: 24 }, (_, index) => `line ${index}`).join('\n');
  assert.equal(inShort(lines), lines);
  assert.equal(inShort(`${lines}\na\nb`), `${lines}\n… 2 more lines`);
});

test('an approval is known by its hash', () => {
  const command = { title: 'Approve and run: 1 host, 0 secrets', command: 'doppio.run' };
  assert.ok(isApproval({ ...command, arguments: [{ uri: 'file:///a', approve: '0a1b' }] }));
  assert.ok(!isApproval({ ...command, arguments: [{ uri: 'file:///a' }] }));
});

test('a run that waits for approval says so in a word', () => {
  const problems = [{ kind: 'approval_needed', message: 'very\nlong' }];
  assert.deepEqual(shown({ event: 'refused', problems }), ['? This was not approved yet: nothing was run']);
});

test('a name makes no picture of itself', () => {
  assert.equal(asLabel('all $(check) done'), 'all \\$(check) done');
  assert.equal(asLabel('x'.repeat(61)), `${'x'.repeat(60)}…`);
});
