// Where a part of a step comes from, in words.

import type { ResolvedSpan } from './wire';

/** What is said of a part; nothing of what is written there itself. */
export function described({ origin, name }: ResolvedSpan): string | undefined {
  switch (origin) {
    case 'variable':
      return `the value of the variable ${name ?? ''}`;
    case 'secret':
      return `the secret ${name ?? ''}: its value is read when the step runs`;
    case 'environment':
      return `the environment variable ${name ?? ''} of the machine that runs the recipe`;
    case 'builtin':
      return name === 'now' ? 'the time the run starts' : 'the host that the run is started for';
    case 'shell':
      return `${name ?? ''} is left to the remote shell`;
    case 'capture':
      return `what ${name ?? ''} holds once it was set or has run`;
    default:
      return undefined;
  }
}
