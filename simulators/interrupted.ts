// Ctrl-C and SIGTERM as a promise, so that tools can end what they started instead of dying at once.

/** Resolves at the first SIGINT or SIGTERM; from the call on neither ends the process by itself. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}
