// How states look and what they are called: a sign and a word beside the colour.

import type { StepStatus } from '../src/graph/wire';

export const SIGNS: Record<StepStatus, string> = {
  waiting: '○',
  running: '◐',
  success: '✓',
  failed: '✕',
  skipped: '–',
  cancelled: '■',
};

export const WORDS: Record<StepStatus, string> = {
  waiting: 'waiting',
  running: 'running',
  success: 'succeeded',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
};
