import assert from 'node:assert/strict';
import { test } from 'node:test';

import { navigate, type Key } from '../../src/graph/navigate';
import { after, elapsed, fromRecord, words, type StateEvent } from '../../src/graph/run-state';
import type { Edge, Graph, Group, Node, Run } from '../../src/graph/wire';

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function node(id: string, x: number, y: number, group: string | null = null): Node {
  return { id, name: id, label: id, group, when: null, range, selectionRange: range, x, y, width: 100, height: 46, operation: 'sleep' };
}

function group(id: string, x: number, y: number, width: number, height: number): Group {
  const { operation, ...box } = node(id, x, y);
  assert.ok(operation);
  return { ...box, width, height, mode: 'parallel' };
}

function edge(from: string, to: string): Edge {
  return { from, to, points: [], path: '', inCycle: false };
}

//        first
//          |
//   [ group:  left  right ]
//                     |
//                   last
const GRAPH: Graph = {
  name: 'graph',
  nodes: [node('first', 150, 0), node('left', 20, 140, 'group'), node('right', 200, 140, 'group'), node('last', 200, 300)],
  groups: [group('group', 0, 90, 320, 120)],
  edges: [edge('first', 'group'), edge('right', 'last')],
  width: 320,
  height: 346,
  mermaid: '',
  svg: '',
};

test('arrows lead along the edges, into groups and out of them, and to the sides', () => {
  const way = (from: string, ...keys: Key[]) => keys.reduce((at, key) => navigate(GRAPH, at, key), from);
  assert.equal(way('first', 'ArrowDown'), 'group');
  assert.equal(way('group', 'ArrowDown'), 'left');
  assert.equal(way('left', 'ArrowRight'), 'right');
  assert.equal(way('right', 'ArrowDown'), 'last');
  assert.equal(way('last', 'ArrowUp', 'ArrowUp', 'ArrowUp'), 'first');
  assert.equal(way('left', 'ArrowDown'), 'left');
  assert.equal(way('last', 'ArrowDown'), 'last');
  assert.equal(way('left', 'Home'), 'first');
  assert.equal(way('left', 'End'), 'last');
});

test('every step of a graph is reached from every other', () => {
  const keys: Key[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
  for (const start of ['first', 'group', 'left', 'right', 'last']) {
    const seen = new Set([start]);
    for (const id of seen) for (const key of keys) seen.add(navigate(GRAPH, id, key));
    assert.equal(seen.size, 5, start);
  }
});

const STARTED: StateEvent = {
  event: 'run_started', run_id: 'r', steps: [{ id: 'a', name: 'A' }, { id: 'b', name: 'B' }], time: '2026-11-25T10:00:00Z',
};

test('a run is what its events say', () => {
  const events: StateEvent[] = [
    STARTED,
    { event: 'step_started', step: 'a', time: '2026-11-25T10:00:02Z' },
    { event: 'step_finished', step: 'a', status: 'failed', message: 'exit code 1', seconds: 3, time: '2026-11-25T10:00:05Z' },
    { event: 'step_skipped', step: 'b', time: '2026-11-25T10:00:05Z' },
    { event: 'run_finished', status: 'failed', seconds: 5, time: '2026-11-25T10:00:05Z' },
  ];
  const run = events.reduce<Run | null>(after, null);
  assert.deepEqual(run?.steps.map(({ status, seconds }) => [status, seconds]), [['failed', 3], ['skipped', null]]);
  assert.deepEqual([run.status, run.seconds, run.steps[0]?.message], ['failed', 5, 'exit code 1']);
});

test('a run that is refused is none, and neither is one that began unseen', () => {
  assert.equal(after(after(null, STARTED), { event: 'refused', time: '' }), null);
  assert.equal(after(null, { event: 'step_started', step: 'a', time: '' }), null);
});

test('a step that runs takes longer and longer, one that waits takes no time', () => {
  const running = after(after(null, STARTED), { event: 'step_started', step: 'a', time: '2026-11-25T10:00:02Z' });
  const [a, b] = running?.steps ?? [];
  assert.ok(a && b);
  const now = Date.parse('2026-11-25T10:00:12Z');
  assert.deepEqual([elapsed(a, now), elapsed(b, now)], [10, null]);
});

test('a kept run is read', () => {
  const step = { id: 'a', name: 'A', status: 'success' as const, started: '2026-11-25T10:00:02Z', seconds: 1, message: null };
  const record = { id: 'r', uri: null, status: 'success', started: '2026-11-25T10:00:00Z', seconds: 3, target: 'gpu', steps: [step] };
  const run = fromRecord(record);
  assert.equal((run.steps[0]?.started ?? 0) - run.started, 2000);
});

test('durations are read at a glance', () => {
  assert.deepEqual([0.04, 9.94, 12.4, 59.7, 185, 7800].map(words), ['0.0 s', '9.9 s', '12 s', '1 min 0 s', '3 min 5 s', '2 h 10 min']);
});
