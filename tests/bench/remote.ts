// Programs of the bench that run in a process of their own, so that they share neither event loop nor heap
// with what they measure: the parent calls functions by name, the child answers. Calls are not queued; one
// at a time.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NODE_FLAGS } from '../../simulators/node-flags.ts';

type Calls = { readonly [name: string]: (argument: never) => Promise<unknown> };

interface Call {
  readonly name: string;
  readonly argument: unknown;
}
type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

export interface Remote<C extends Calls> {
  /** @throws Error what the function in the child threw, or that the child ended */
  call<Name extends keyof C & string>(
    name: Name,
    argument: Parameters<C[Name]>[0],
  ): Promise<Awaited<ReturnType<C[Name]>>>;
  stop(): Promise<void>;
}

/** Starts `file` (of this folder); it must end with `serve(…)`. `C` is the type of what it serves. */
export function launch<C extends Calls>(file: string): Remote<C> {
  const child = fork(join(import.meta.dirname, file), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Binary arrays of samples cross as they are.
    serialization: 'advanced',
    // A million actors of a peer do not fit into Node's default heap of 4 GB.
    execArgv: [...NODE_FLAGS, '--expose-gc', '--max-old-space-size=12000'],
  });
  return {
    async call(name, argument) {
      const answered = nextAnswer(child, file);
      child.send({ name, argument } satisfies Call);
      const answer = await answered;
      if (!answer.ok) throw new Error(`${file}: ${answer.error}`);
      return answer.value as never;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function nextAnswer(child: ChildProcess, file: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const onExit = (code: number | null): void => reject(new Error(`${file} ended with exit code ${code}`));
  child.once('message', resolve);
  child.once('exit', onExit);
  try {
    return await promise;
  } finally {
    child.off('message', resolve);
    child.off('exit', onExit);
  }
}

/** The child's side: answers calls until the parent is gone. */
export function serve(calls: Calls): void {
  process.on('message', ({ name, argument }: Call) => {
    const send = (answer: Answer): void => void process.send!(answer);
    calls[name]!(argument as never).then(
      (value) => send({ ok: true, value }),
      (error: Error) => send({ ok: false, error: error.stack ?? error.message }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
