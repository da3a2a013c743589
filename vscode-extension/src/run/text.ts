// A run as a terminal shows it: a heading for each step, what its commands print, how it ended.
// Events in, text out.

import type { RunEvent } from './wire';

const STYLE = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' };

/** How wide headings are drawn. */
const WIDTH = 72;

export class RunText {
  private readonly names = new Map<string, string>();
  private readonly hosts = new Map<string, string>();
  /** The step whose output was written last. */
  private current: string | undefined;
  private atLineStart = true;
  /** The beginning of a colour sequence whose end has not come yet. */
  private held = '';

  /** What an event adds. */
  event(event: RunEvent): string {
    switch (event.event) {
      case 'run_started':
        for (const step of event.steps) this.names.set(step.id, plain(step.name));
        return this.line(styled('bold', `Running ${plain(event.recipe)}`) + (event.target ? ` on ${plain(event.target)}` : ''));
      case 'step_started':
        if (event.host) this.hosts.set(event.step, plain(event.host));
        return this.heading(event.step);
      case 'output':
        return this.output(event.step, event.text);
      case 'step_retrying':
        return this.line(
          styled('yellow', `↻ ${this.name(event.step)}: ${plain(event.message)}, try ${event.attempt + 1} of ${event.max_attempts} in ${duration(event.wait_secs)}`),
        );
      case 'step_finished':
        return this.finished(event);
      case 'step_skipped':
        return this.line(styled('dim', `– ${this.name(event.step)} skipped${because(event.message)}`));
      case 'warning':
        return this.line(styled('yellow', `! ${plain(event.message)}`));
      case 'refused':
        return event.problems.map((problem) => this.line(refusal(problem))).join('');
      case 'run_finished':
        return this.fresh() + this.line(outcome(event));
      default:
        return ''; // a later version's
    }
  }

  private finished(event: Extract<RunEvent, { event: 'step_finished' }>): string {
    const time = styled('dim', duration(event.seconds));
    const name = this.name(event.step);
    switch (event.status) {
      case 'success':
        return this.line(`${styled('green', `✓ ${name}`)} ${time}`);
      case 'failed':
        return this.line(`${styled('red', `✗ ${name}${because(event.message)}`)} ${time}`);
      case 'cancelled':
        return this.line(`${styled('yellow', `■ ${name} cancelled`)} ${time}`);
    }
  }

  private output(step: string, text: string): string {
    let heading = '';
    if (step !== this.current) heading = this.heading(step, true);
    const shown = this.colours(text).replace(/\r?\n/g, '\r\n');
    if (shown !== '') this.atLineStart = shown.endsWith('\n');
    return heading + shown;
  }

  private heading(step: string, again = false): string {
    this.current = step;
    const host = this.hosts.get(step);
    const title = `${this.name(step)}${host && host !== 'local' ? ` · ${host}` : ''}${again ? ' · goes on' : ''}`;
    const rule = '─'.repeat(Math.max(3, WIDTH - title.length - 4));
    return this.fresh() + (again ? '' : '\r\n') + this.line(`${styled('cyan', '──')} ${styled('bold', title)} ${styled('cyan', rule)}`);
  }

  /** Lets colours pass and nothing else that a terminal obeys. The runner has seen to that; this is the second lock. */
  private colours(text: string): string {
    const all = this.held + text;
    const cut = /\x1b(?:\[[0-9;:]*)?$/.exec(all)?.index ?? all.length;
    this.held = all.slice(cut).slice(0, 64);
    return all.slice(0, cut).replace(/\x1b\[[0-9;:]*m|\x1b|[\0-\x08\x0b-\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]/g, (found) =>
      found.length > 1 ? found : escaped(found),
    );
  }

  private name(step: string): string {
    return this.names.get(step) ?? plain(step);
  }

  private line(text: string): string {
    const line = `${this.fresh()}${text}\r\n`;
    this.atLineStart = true;
    return line;
  }

  /** Ends a line that a command left open, and its colours. */
  private fresh(): string {
    const end = this.atLineStart ? '' : '\r\n';
    this.atLineStart = true;
    this.held = '';
    return `\x1b[0m${end}`;
  }
}

/** Why a run did not start. What it does and is to be approved is shown where that is asked. */
function refusal(problem: { kind: string; message: string }): string {
  if (problem.kind === 'approval_needed') return styled('yellow', '? This was not approved yet: nothing was run');
  return styled('red', `✗ ${plain(problem.message)}`);
}

/** A name that somebody else chose, as text that nothing obeys: no control characters, no change of direction. */
export function plain(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, escaped);
}

/** A name has no room to say more than what something is called. */
const LONGEST = 60;

export function short(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
}

/** A plain name for a tab: short, and without pictures, which VS Code makes of `$(name)`. */
export function asLabel(name: string): string {
  return short(name).replaceAll('$(', '\\$(');
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function outcome(event: Extract<RunEvent, { event: 'run_finished' }>): string {
  const time = duration(event.seconds);
  switch (event.status) {
    case 'success':
      return styled('green', `✓ Succeeded in ${time}`);
    case 'failed':
      return styled('red', `✗ Failed after ${time}`);
    case 'cancelled':
      return styled('yellow', `■ Cancelled after ${time}`);
    case 'refused':
      return styled('red', '✗ Not started');
  }
}

function because(message: string | null | undefined): string {
  return message ? `: ${plain(message)}` : '';
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function styled(style: keyof typeof STYLE, text: string): string {
  return `\x1b[${STYLE[style]}m${text}\x1b[0m`;
}
