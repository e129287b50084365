// Starts the metronome's Worker and calls `onBeat`; falls back to a page timer where Workers are forbidden, which
// is right in the foreground and slow in the background.

const BEAT_MS = 500;

interface TrustedScriptUrls {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): string;
  };
}

export function startBeat(workerUrl: string, onBeat: () => void): void {
  try {
    const worker = new Worker(trusted(workerUrl));
    worker.onmessage = onBeat;
    worker.onerror = () => {
      worker.terminate();
      setInterval(onBeat, BEAT_MS);
    };
  } catch {
    setInterval(onBeat, BEAT_MS);
  }
}

/** The page's policy demands Trusted Types; the one URL that is trusted is that of our own build. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedScriptUrls };
  return trustedTypes?.createPolicy('shouwang', { createScriptURL: () => url }).createScriptURL(url) ?? url;
}
