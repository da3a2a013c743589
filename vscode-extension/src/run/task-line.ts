// The command line of a task.

/** What a task of type `doppio` says in tasks.json. */
export interface Definition {
  readonly recipe: string;
  readonly action?: 'run' | 'check' | 'dryRun';
  readonly target?: string;
  readonly step?: string;
  readonly from?: string;
  readonly vars?: Readonly<Record<string, string>>;
}

/** tasks.json is written by hand, and by whoever wrote the folder. */
export function isDefinition(value: object): value is Definition {
  const given = value as Record<string, unknown>;
  const isText = (name: string) => given[name] === undefined || typeof given[name] === 'string';
  const vars = given.vars ?? {};
  return (
    typeof given.recipe === 'string' &&
    ['target', 'step', 'from'].every(isText) &&
    [undefined, 'run', 'check', 'dryRun'].includes(given.action as undefined) &&
    typeof vars === 'object' &&
    Object.values(vars).every((value) => typeof value === 'string')
  );
}

/** The arguments of `doppio`. Names that begin with a dash stay names. */
export function commandLine(definition: Definition): string[] {
  if (definition.action === 'check') return ['check', '--', definition.recipe];
  const options = [
    ...(definition.target === undefined ? [] : [`--target=${definition.target}`]),
    ...(definition.step === undefined ? [] : [`--step=${definition.step}`]),
    ...(definition.from === undefined ? [] : [`--from=${definition.from}`]),
    ...Object.entries(definition.vars ?? {}).map(([name, value]) => `--var=${name}=${value}`),
    ...(definition.action === 'dryRun' ? ['--dry-run'] : []),
  ];
  return ['run', ...options, '--', definition.recipe];
}

/** How the task is called. */
export function title(definition: Definition): string {
  const action = { run: 'run', check: 'check', dryRun: 'dry run' }[definition.action ?? 'run'];
  const part = definition.step ?? (definition.from && `${definition.from} …`);
  return [action, definition.recipe, part].filter(Boolean).join(' ') + (definition.target ? ` on ${definition.target}` : '');
}
