// The service as a program: options → start → wait for a signal → stop. One clear line when it cannot start.

import { createApp, StartError } from '#app';
import { helpText } from '#config/document.ts';
import { ConfigError, loadConfig } from '#config/load.ts';

/** For the screens to be told and the last line to be written before a failed process ends. */
const FATAL_GRACE_MS = 200;

/** Ends the process itself when the service cannot start. */
export async function run(): Promise<void> {
  try {
    await startUntilStopped();
  } catch (error) {
    const isClear = error instanceof ConfigError || error instanceof StartError;
    process.stderr.write(`shouwang: ${isClear ? error.message : (error as Error).stack}\n`);
    process.exit(1);
  }
}

async function startUntilStopped(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(helpText());
    return;
  }
  const config = loadConfig(args, process.env);
  const app = createApp({ config, onFatal: () => setTimeout(() => process.exit(1), FATAL_GRACE_MS) });
  const started = await app.start();
  if (config.readyJson === 'yes') {
    process.stdout.write(`${JSON.stringify({ ready: true, http: started.http, mqtt: started.mqtt })}\n`);
  } else {
    process.stdout.write(`Shouwang is watching.\n  console  ${started.http}\n  gateways ${started.mqtt}\n`);
  }
  if (started.administrator !== null && config.adminPassword === '') {
    const { login, password } = started.administrator;
    process.stdout.write(`  first log-in: ${login} / ${password}   (shown only this once)\n`);
  }
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      void app.stop().then(() => process.exit(0));
    });
  }
}
