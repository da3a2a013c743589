// The time line of a run: a row for each step, with how long it waited and how long it ran.

import { elapsed, words } from '../src/graph/run-state';
import type { Graph, Run, StepRun } from '../src/graph/wire';
import { element } from './element';
import { SIGNS, WORDS } from './signs';

export class TimeLine {
  readonly root = element('section', { class: 'time-line', 'aria-label': 'Time line of the run' });
  private readonly title = element('h2');
  private readonly rows = element('ol');
  private shown: { id: string; steps: string; rows: Row[] } | undefined;

  constructor(private readonly show_: (id: string) => void) {
    this.root.append(this.title, this.rows);
    this.root.hidden = true;
  }

  show(graph: Graph, run: Run | null, now: number): void {
    this.root.hidden = run === null;
    if (!run) return;
    const known = new Set(graph.nodes.map((node) => node.id));
    const steps = run.steps.filter((step) => known.has(step.id));
    const ids = steps.map((step) => step.id).join(' ');
    if (this.shown?.id !== run.id || this.shown.steps !== ids) this.begin(run, steps, ids);
    const total = Math.max(0.001, run.seconds ?? (now - run.started) / 1000);
    this.title.textContent = `${titleOf(run.status)} ${words(total)}${run.target === null ? '' : ` on ${run.target}`}`;
    steps.forEach((step, index) => this.shown?.rows[index]?.show(step, run, total, now));
  }

  private begin(run: Run, steps: StepRun[], ids: string): void {
    const rows = steps.map((step) => new Row(step, this.show_));
    this.shown = { id: run.id, steps: ids, rows };
    this.rows.replaceChildren(...rows.map((row) => row.root));
  }
}

class Row {
  readonly root: HTMLLIElement;
  private readonly sign = element('span', { class: 'sign', 'aria-hidden': 'true' });
  private readonly waited = element('span', { class: 'waited' });
  private readonly ran = element('span', { class: 'ran' });
  private readonly time = element('span', { class: 'time' });
  private readonly button: HTMLButtonElement;

  constructor(step: StepRun, show: (id: string) => void) {
    const name = element('span', { class: 'name' }, step.name);
    const bars = element('span', { class: 'bars' }, this.waited, this.ran);
    this.button = element('button', { type: 'button', 'data-id': step.id }, this.sign, name, bars, this.time);
    this.button.addEventListener('click', () => { show(step.id); });
    this.root = element('li', {}, this.button);
  }

  show(step: StepRun, run: Run, total: number, now: number): void {
    const seconds = elapsed(step, now);
    const begun = step.started === null ? null : Math.max(0, (step.started - run.started) / 1000);
    const waits = begun ?? (step.status === 'waiting' ? total : 0);
    const share = (part: number) => `${Math.min(100, (100 * part) / total)}%`;
    this.button.dataset.status = step.status;
    this.sign.textContent = SIGNS[step.status];
    this.waited.style.width = share(waits);
    this.ran.style.left = share(waits);
    this.ran.style.width = share(seconds ?? 0);
    this.ran.hidden = seconds === null;
    this.time.textContent = seconds === null ? '' : words(seconds);
    const after = begun === null ? '' : `, began after ${words(begun)}`;
    const took = seconds === null || step.status === 'running' ? '' : `, took ${words(seconds)}`;
    const label = `${step.name}: ${WORDS[step.status]}${after}${took}`;
    if (this.button.getAttribute('aria-label') !== label) this.button.setAttribute('aria-label', label);
    this.button.title = step.message ?? label;
  }
}

function titleOf(status: string): string {
  const titles: Record<string, string> = { running: 'Running for', success: 'Succeeded in', failed: 'Failed after', cancelled: 'Cancelled after' };
  return titles[status] ?? 'Ended after';
}
