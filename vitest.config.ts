import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Only for what hangs: a machine with other work on it takes six times as long.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Waiting for something is never an assertion about speed: a browser on a busy machine takes seconds.
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // Many tests wait for a broker, a browser or a thread: a second worker uses that time, also on two cores.
    maxWorkers: 2,
    reporters: ['default'],
  },
});
