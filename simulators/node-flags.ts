// The flags of Node with which `npm start` runs the service, from the one place that says them, for whoever starts it
// or its core in another way. Why they are what they are: docs/bench.md.

import { readFileSync } from 'node:fs';

const packageFile = new URL('../package.json', import.meta.url);
const { scripts } = JSON.parse(readFileSync(packageFile, 'utf8')) as { scripts: { start: string } };

/** As `--name=value`. */
export const NODE_FLAGS: readonly string[] = scripts.start.split(' ').filter((word) => word.startsWith('--'));
