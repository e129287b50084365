// Beats twice a second from a Worker: browsers slow down the timers of a background tab to one a minute, and the
// watchdog, the alarm pattern and the lease countdown must go on there. It knows nothing; the page decides.

const BEAT_MS = 500;

setInterval(() => postMessage(null), BEAT_MS);
