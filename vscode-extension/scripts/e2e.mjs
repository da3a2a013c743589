// Runs the end-to-end tests, one editor after the other: `node scripts/e2e.mjs [NAME…]`, where a name is
// that of a file in test/e2e without its ending.

import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

for (const bundle of ['e2e', 'host']) execFileSync(process.execPath, ['esbuild.mjs', bundle], { stdio: 'inherit' });
const wanted = process.argv.slice(2);
const tests = readdirSync('out/e2e').filter((file) => wanted.length === 0 || wanted.includes(file.replace('.test.mjs', '')));
if (tests.length === 0) throw new Error(`there is no test ${wanted.join(', ')}`);
const options = ['--test', '--test-concurrency=1', '--test-reporter=spec'];
process.exit(spawnSync(process.execPath, [...options, ...tests.map((file) => `out/e2e/${file}`)], { stdio: 'inherit' }).status ?? 1);
