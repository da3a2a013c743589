// When a server that crashed is started again, and when it is given up.

/** Waits between crashes, in milliseconds. After as many crashes in a row the server is given up. */
const WAITS = [500, 1_000, 2_000, 4_000, 8_000];

/** After so long without a crash, the ones before do not count. */
const CALM = 5 * 60_000;

export interface Verdict {
  /** How long to wait before it is started again; nothing if it is given up. */
  readonly wait?: number;
  /** Whether the user is told: only of the first crash in a row, and of the end. */
  readonly tell: boolean;
}

export class Backoff {
  private crashes = 0;
  private last = -Infinity;

  /** A crash at this time, in milliseconds of any clock. */
  crashed(now: number): Verdict {
    if (now - this.last > CALM) this.crashes = 0;
    this.last = now;
    const wait = WAITS[this.crashes];
    this.crashes += 1;
    return wait === undefined ? { tell: true } : { wait, tell: this.crashes === 1 };
  }

  /** The user has started it by hand. */
  reset(): void {
    this.crashes = 0;
  }
}
