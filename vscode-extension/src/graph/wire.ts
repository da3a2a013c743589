// What the server says of graphs and runs (docs/lsp.md), and what the page and the extension tell each
// other. Used on both sides: nothing in here knows VS Code or the DOM.

export interface Place {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Place;
  readonly end: Place;
}

interface Box {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly group: string | null;
  readonly when: string | null;
  readonly range: Range;
  readonly selectionRange: Range;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Node extends Box {
  readonly operation: string | null;
}

export interface Group extends Box {
  readonly mode: 'sequential' | 'parallel';
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly (readonly [number, number])[];
  readonly path: string;
  readonly inCycle: boolean;
}

/** The answer to `doppio/graph`. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly groups: readonly Group[];
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
  readonly mermaid: string;
  readonly svg: string;
}

export type StepStatus = 'waiting' | 'running' | 'success' | 'failed' | 'skipped' | 'cancelled';

/** A run of `doppio/runs`, as far as it is shown here. */
export interface RunRecord {
  readonly id: string;
  readonly uri: string | null;
  readonly status: string;
  readonly started: string;
  readonly seconds: number | null;
  readonly target: string | null;
  readonly steps: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: StepStatus;
    readonly started: string | null;
    readonly seconds: number | null;
    readonly message: string | null;
  }[];
}

/** A run as it is shown. Times are milliseconds since 1970. */
export interface Run {
  readonly id: string;
  readonly status: string;
  readonly target: string | null;
  readonly started: number;
  readonly seconds: number | null;
  readonly steps: readonly StepRun[];
}

export interface StepRun {
  readonly id: string;
  readonly name: string;
  readonly status: StepStatus;
  readonly started: number | null;
  readonly seconds: number | null;
  readonly message: string | null;
}

/** What the page is told. */
export type ToPage =
  /** `at` is the step to begin with, where the recipe is another one than before. */
  | { readonly type: 'graph'; readonly uri: string; readonly graph: Graph; readonly isSame: boolean; readonly at: string | null }
  | { readonly type: 'run'; readonly run: Run | null; readonly now: number }
  /** The step in which the cursor is. */
  | { readonly type: 'here'; readonly id: string | null }
  /** There is nothing to draw, and why. */
  | { readonly type: 'nothing'; readonly why: string };

/** What outlives the window: which recipe was shown. */
export interface Kept {
  readonly uri: string;
}

/** What the page says. */
export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'show'; readonly id: string }
  | { readonly type: 'copy'; readonly format: 'svg' | 'mermaid' };
