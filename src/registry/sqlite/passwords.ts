// Passwords of staff: argon2id from node:crypto. The parameters stand in the stored text, so that they can be raised
// later without locking anybody out. At most two run at once: each takes 64 MiB and a pool thread for 0.15 s, and the
// pool also serves the files of the log.

import { argon2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { TooManyLoginsError } from '#registry/registry.ts';
import { invalid } from './validate.ts';

/** 64 MiB, 3 passes, 1 lane: 144 ms measured on the reference machine, three times OWASP's floor of memory. */
const PARAMETERS = { memory: 65_536, passes: 3, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** More would starve the thread pool (security reference, section 1). */
const CONCURRENT_HASHES = 2;
/** A wait of some 5 s; beyond it a log-in is refused at once, and whoever is inside stays inside. */
const WAITING_HASHES_MAX = 64;

/**
 * NIST SP 800-63B-4, 3.1.1.2: length counts and composition rules do not, nor do forced changes; all of Unicode and
 * spaces are welcome, normalised (NFKC) before hashing. It asks for 15 characters where the password stands alone and
 * 8 beside a second factor; 12 with the API's brakes on guessing is between them until the second factor is there.
 */
export const PASSWORD_CHARACTERS_MIN = 12;
/** Long passphrases are fine; a megabyte of password is an attack on memory. */
const PASSWORD_CHARACTERS_MAX = 256;

/** Without the look-alikes 0 o 1 l i: it is read from a terminal once and typed. 20 characters are 99 bits. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';
const READABLE_CHARACTERS = 20;

/** @throws RegistryError invalid */
export function checkPassword(password: string): void {
  const length = typeof password === 'string' ? [...normalised(password)].length : 0;
  if (length < PASSWORD_CHARACTERS_MIN) {
    throw invalid('password', `must have at least ${PASSWORD_CHARACTERS_MIN} characters`);
  }
  if (length > PASSWORD_CHARACTERS_MAX)
    throw invalid('password', `is longer than ${PASSWORD_CHARACTERS_MAX}`);
}

export function readablePassword(): string {
  return Array.from({ length: READABLE_CHARACTERS }, () => READABLE[randomInt(READABLE.length)]).join('');
}

export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Compared with when there is no such login: the answer then takes as long. It matches no password. */
  readonly #nobody = format({ ...PARAMETERS, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) });

  /** @throws TooManyLoginsError */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#limited(normalised(password), { ...PARAMETERS, salt, bytes: HASH_BYTES });
    return format({ ...PARAMETERS, salt, hash });
  }

  /** @param stored null: there is nobody to compare with, which costs the same. @throws TooManyLoginsError */
  async verify(password: string, stored: string | null): Promise<boolean> {
    const { hash, ...parameters } = parse(stored ?? this.#nobody);
    // Longer than any password that can have been set; the cost stays the same.
    const presented = normalised(password).slice(0, 2 * PASSWORD_CHARACTERS_MAX);
    const computed = await this.#limited(presented, { ...parameters, bytes: hash.length });
    return timingSafeEqual(computed, hash) && stored !== null;
  }

  async #limited(password: string, parameters: Parameters): Promise<Buffer> {
    if (this.#running >= CONCURRENT_HASHES) {
      if (this.#waiting.length >= WAITING_HASHES_MAX) throw new TooManyLoginsError();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await derive(password, parameters);
    } finally {
      // The place goes straight to the next in line; it is given up only when nobody waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

interface Parameters {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly bytes: number;
}
type StoredHash = Omit<Parameters, 'bytes'> & { readonly hash: Buffer };

/** One password typed on two keyboards is one password. */
function normalised(password: string): string {
  return password.normalize('NFKC');
}

function derive(message: string, { bytes, salt, ...cost }: Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce: salt, tagLength: bytes, ...cost }, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}

/** The PHC string format: `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`. */
function format({ memory, passes, parallelism, salt, hash }: StoredHash): string {
  const cost = `m=${memory},t=${passes},p=${parallelism}`;
  return `$argon2id$v=19$${cost}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

function parse(stored: string): StoredHash {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (match === null) throw new Error('a stored password hash is damaged');
  const [, memory, passes, parallelism, salt, hash] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt!, 'base64url'),
    hash: Buffer.from(hash!, 'base64url'),
  };
}
