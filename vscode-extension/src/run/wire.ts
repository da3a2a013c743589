// What the server sends and takes about runs: docs/lsp.md and docs/run-events.md, as far as it is used here.

/** What `doppio.run` is given. */
export interface RunArguments {
  uri: string;
  step?: string;
  from?: string;
  target?: string;
  vars?: Record<string, string>;
  dryRun?: boolean;
  /** The hash of what the run does, which the user approves. */
  approve?: string;
}

/** `doppio/runEvent`. */
export interface RunEventParams {
  uri: string;
  runId: string | null;
  event: RunEvent;
}

/** An event of a run; kinds that are not listed are passed over. */
export type RunEvent =
  | { event: 'run_started'; run_id: string; recipe: string; target?: string; steps: { id: string; name: string; line: number }[] }
  | { event: 'refused'; problems: { kind: string; message: string }[] }
  | { event: 'step_started'; step: string; host?: string | null }
  | { event: 'output'; step: string; text: string }
  | { event: 'step_retrying'; step: string; attempt: number; max_attempts: number; wait_secs: number; message: string }
  | { event: 'step_finished'; step: string; status: 'success' | 'failed' | 'cancelled'; message?: string | null; seconds: number }
  | { event: 'step_skipped'; step: string; reason: string; message?: string | null }
  | { event: 'warning'; message: string }
  | { event: 'run_finished'; status: RunStatus; seconds: number };

export type RunStatus = 'success' | 'failed' | 'cancelled' | 'refused';

/** `doppio/runWants`: a run is over, and these commands supply what it missed. */
export interface RunWantsParams {
  uri: string;
  runId: string | null;
  commands: WantedCommand[];
  message: string;
  /** What the run would do, where the user is to approve it. */
  approval?: string | null;
}

export interface WantedCommand {
  title: string;
  command: string;
  arguments: Partial<RunArguments>[];
  /** The variables that the user is asked for, to replace the empty ones in `vars`. */
  asks?: string[];
}
