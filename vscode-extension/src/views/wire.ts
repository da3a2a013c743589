// What the server answers about recipes, runs, secrets and hosts: docs/lsp.md, as far as it is used here.

export interface Range {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

export interface Use {
  uri: string;
  range: Range;
}

export type RunState = 'running' | 'success' | 'failed' | 'cancelled' | 'refused' | 'unknown';

export interface RecipesAnswer {
  recipes: Recipe[];
  scanning: boolean;
  message: string | null;
}

export interface Recipe {
  uri: string;
  name: string;
  steps: { id: string | null; name: string; operation: string | null; range: Range }[];
  errors: number;
  warnings: number;
  lastRun: { id: string; status: RunState; finished: string | null } | null;
  readable: boolean;
}

export interface RunsAnswer {
  runs: Run[];
}

export interface Run {
  id: string;
  recipe: string;
  uri: string | null;
  status: RunState;
  started: string;
  finished: string | null;
  seconds: number | null;
  log: string | null;
  target: string | null;
  ours: boolean;
  steps: RunStep[];
}

export interface RunStep {
  id: string;
  name: string;
  status: 'waiting' | 'running' | 'success' | 'failed' | 'skipped' | 'cancelled';
  started: string | null;
  seconds: number | null;
  exitCode: number | null;
  message: string | null;
  line: number;
}

export interface SecretsAnswer {
  state: 'ready' | 'locked' | 'unavailable' | 'unknown';
  store: string | null;
  message: string | null;
  asOf: string | null;
  machine: string;
  entries: StoredSecret[];
  missing: MissingSecret[];
  suggested: SuggestedSecret[];
}

export interface StoredSecret {
  name: string;
  source: string;
  description: string | null;
  modified: string | null;
  shadowedBy: string | null;
  uses: Use[];
}

export interface MissingSecret {
  name: string;
  nearest: string | null;
  obtain: string | null;
  uses: Use[];
}

export interface SuggestedSecret {
  name: string;
  description: string;
  obtain: string;
}

export interface HostsAnswer {
  hosts: Host[];
  message: string | null;
}

export interface Host {
  id: string;
  source: 'local' | 'hostsFile' | 'sshConfig';
  hostname: string | null;
  port: number | null;
  user: string | null;
  testing: boolean;
  reachable: { ok: boolean; message: string; at: string; fingerprint: string | null } | null;
}
