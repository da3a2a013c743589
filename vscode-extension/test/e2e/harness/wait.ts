// Waiting for a condition, never for time.

import { setTimeout } from 'node:timers/promises';

/** Generous: the machine may be busy with other things. */
export const PATIENCE = Number(process.env.DOPPIO_PATIENCE ?? 90) * 1000;

/** Waits until `look` gives something that is there, and returns that. */
export async function until<T>(what: string, look: () => Promise<T> | T, patience = PATIENCE): Promise<NonNullable<T>> {
  const deadline = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${patience / 1000} s in vain for ${what}`);
    await setTimeout(50);
  }
}
