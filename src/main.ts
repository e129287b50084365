// The entrance: what Node has compiled is kept for the next start, then the program runs. A process that was killed
// watches again 0.3 s earlier for it. It is kept beside the dependencies: whoever can write there can change the
// program anyway. Where the service cannot write there (in the container), it works without.

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'compiled'));
const { run } = await import('./program.ts');
await run();
