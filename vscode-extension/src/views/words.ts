// Times, counts and states as people say them. What is said stays true while nobody looks: no "ago".

import type { RunState, RunStep, Use } from './wire';

/** `1 step`, `2 steps`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** `less than a second`, `2.5 seconds`, `3 minutes 5 seconds`. */
export function span(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 10) return count(Number(seconds.toFixed(1)), 'second');
  const whole = Math.round(seconds);
  if (whole < 60) return count(whole, 'second');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return both(count(minutes, 'minute'), whole % 60, 'second');
  return both(count(Math.floor(minutes / 60), 'hour'), minutes % 60, 'minute');
}

function both(first: string, rest: number, thing: string): string {
  return rest === 0 ? first : `${first} ${count(rest, thing)}`;
}

/** `today at 14:32`, `yesterday at 09:05`, `3 November at 14:32`. */
export function moment(time: string, now: Date): string {
  const then = new Date(time);
  const clock = then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return `${day(then, now)} at ${clock}`;
}

function day(then: Date, now: Date): string {
  const start = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((start(now) - start(then)) / 86_400_000);
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year });
}

/** How a run stands or ended. */
export const RUN_WORDS: Record<RunState, string> = {
  running: 'running',
  success: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  refused: 'not started',
  unknown: 'ended without a word',
};

/** What is said beside a step of a run. */
export function stepWords(step: RunStep, now: Date): string {
  const time = step.seconds === null ? '' : span(step.seconds);
  switch (step.status) {
    case 'waiting':
      return 'waiting';
    case 'running':
      return step.message ?? (step.started ? `running since ${moment(step.started, now)}` : 'running');
    case 'success':
      return time;
    case 'failed':
      return [step.message ?? 'failed', time && `after ${time}`].filter(Boolean).join(' ');
    case 'skipped':
      return 'skipped';
    case 'cancelled':
      return 'cancelled';
  }
}

/** The recipes that use a secret, each once, in order. */
export function usedBy(uses: readonly Use[]): string[] {
  const names = uses.map((use) => decodeURIComponent(use.uri.split('/').at(-1) ?? use.uri));
  return [...new Set(names)].sort();
}

/** What would break without a secret. */
export function breaks(uses: readonly Use[]): string {
  const names = usedBy(uses);
  if (names.length === 0) return 'No recipe of this workspace uses it.';
  const verb = names.length === 1 ? 'uses it and will not run' : 'use it and will not run';
  return `${count(names.length, 'recipe')} ${verb} without it: ${names.join(', ')}.`;
}
