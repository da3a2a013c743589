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

/** The time that the first try gets: more than a busy machine may be away in the midst of one. */
const FIRST_TRY = 8_000;

/**
 * Tries something until it has led where it should, as a person does whom the editor did not hear. What only
 * answers something else (a list, a hover, a menu, the focus) may have been closed or overtaken by the time one
 * looks for it: who waits and does not ask again may wait in vain for ever. Each try may take longer than the one
 * before it, so that a busy machine gets there too; to try twice has to do no harm.
 */
export async function insist<T>(what: string, attempt: (patience: number) => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE;
  for (let patience = FIRST_TRY; ; patience = Math.min(2 * patience, PATIENCE / 2)) {
    try {
      return await attempt(patience);
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`asked for ${PATIENCE / 1000} s in vain for ${what}: ${String(error)}`, { cause: error });
      console.log(`asked again for ${what}, since ${String(error).split('\n', 1)[0]}`);
    }
    await setTimeout(50);
  }
}
