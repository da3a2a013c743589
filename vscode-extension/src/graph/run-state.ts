// The state of a run, from what is told while it goes on or from what is kept of it.

import type { Run, RunRecord, StepRun, StepStatus } from './wire';

/** The events of docs/run-events.md that change a state; others are passed over. */
export type StateEvent = { readonly time: string } & (
  | { event: 'run_started'; run_id: string; target?: string | null; steps: { id: string; name: string }[] }
  | { event: 'step_started'; step: string }
  | { event: 'step_finished'; step: string; status: StepStatus; message?: string | null; seconds: number }
  | { event: 'step_skipped'; step: string; message?: string | null }
  | { event: 'run_finished'; status: string; seconds: number }
  | { event: 'refused' }
);

/** The run after an event. One that was refused before its first step is none. */
export function after(run: Run | null, event: StateEvent): Run | null {
  const time = Date.parse(event.time);
  if (event.event === 'run_started') {
    const waiting = { status: 'waiting', started: null, seconds: null, message: null } as const;
    const steps = event.steps.map(({ id, name }) => ({ id, name, ...waiting }));
    return { id: event.run_id, status: 'running', target: event.target ?? null, started: time, seconds: null, steps };
  }
  if (!run) return null;
  switch (event.event) {
    case 'step_started':
      return withStep(run, event.step, { status: 'running', started: time, message: null });
    case 'step_finished': {
      const { status, seconds, message } = event;
      return withStep(run, event.step, { status, seconds, message: message ?? null });
    }
    case 'step_skipped':
      return withStep(run, event.step, { status: 'skipped', message: event.message ?? null });
    case 'run_finished':
      return { ...run, status: event.status, seconds: event.seconds };
    case 'refused':
      return null;
    default:
      return run;
  }
}

/** A kept run. */
export function fromRecord(record: RunRecord): Run {
  const steps = record.steps.map((step) => ({ ...step, started: step.started === null ? null : Date.parse(step.started) }));
  const { id, status, target, seconds } = record;
  return { id, status, target, seconds, started: Date.parse(record.started), steps };
}

function withStep(run: Run, id: string, change: Partial<StepRun>): Run {
  return { ...run, steps: run.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) };
}

/** How long a step has taken so far, in seconds; nothing if it has not begun. */
export function elapsed(step: StepRun, now: number): number | null {
  if (step.seconds !== null) return step.seconds;
  return step.started === null || step.status !== 'running' ? null : Math.max(0, (now - step.started) / 1000);
}

/** A duration in at most two units: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function words(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
