// Options from the command line, the environment and the defaults, in that order. Everything is checked before
// anything is opened; a bad value gives one line that names the option.

import {
  type Config,
  environmentName,
  flagName,
  OPTION_NAMES,
  OPTIONS,
  type Option,
  type OptionName,
} from './schema.ts';

/** `message` is one line for a person and names the option. */
export class ConfigError extends Error {
  readonly code = 'bad-option';
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** @throws ConfigError */
export function loadConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const flags = readFlags(args);
  for (const name of Object.keys(environment)) {
    const isKnown = OPTION_NAMES.some((option) => environmentName(option) === name);
    if (name.startsWith('SHOUWANG_') && !isKnown) throw new ConfigError(`${name}: there is no such option`);
  }
  const config: Record<string, unknown> = {};
  for (const name of OPTION_NAMES) {
    const flag = flags.get(name);
    const variable = environment[environmentName(name)];
    if (flag !== undefined) config[name] = readValue(OPTIONS[name], flag, flagName(name));
    else if (variable !== undefined) config[name] = readValue(OPTIONS[name], variable, environmentName(name));
    else config[name] = OPTIONS[name].default;
  }
  return config as Config;
}

function readFlags(args: readonly string[]): Map<OptionName, string> {
  const flags = new Map<OptionName, string>();
  for (let index = 0; index < args.length; index++) {
    const [flag, attached] = splitFlag(args[index]!);
    const name = OPTION_NAMES.find((option) => flagName(option) === flag);
    if (name === undefined) throw new ConfigError(`${flag}: there is no such option (see --help)`);
    const value = attached ?? args[++index];
    if (value === undefined) throw new ConfigError(`${flag}: a value is missing`);
    flags.set(name, value);
  }
  return flags;
}

function splitFlag(argument: string): [string, string | undefined] {
  const equals = argument.indexOf('=');
  return equals < 0 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)];
}

function readValue(option: Option, text: string, label: string): unknown {
  switch (option.type) {
    case 'text':
      return text;
    case 'list':
      return text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
    case 'choice':
      if (option.choices.includes(text)) return text;
      throw new ConfigError(`${label}: "${text}" is none of ${option.choices.join(', ')}`);
    case 'port':
      return readInteger(text, label, 0, 65_535);
    case 'integer':
      return readInteger(text, label, option.min, option.max);
  }
}

function readInteger(text: string, label: string, min: number, max: number): number {
  const value = Number(text);
  const isValid = /^\d+$/.test(text) && value >= min && value <= max;
  if (!isValid) throw new ConfigError(`${label}: "${text}" is not a whole number from ${min} to ${max}`);
  return value;
}
