// One parameter of a rule as somebody who runs a call centre sets it: what it means in words, minutes instead of
// milliseconds, a time of day as a clock shows it, on or off. Empty: as each home has it.

import { useId } from 'preact/hooks';

import { language, minuteOfDay, t, word } from '../language.ts';
import type { RuleParameter } from './backtest-desk.ts';
import { ZH_PARAMETERS } from './zh-parameters.ts';

const MINUTE_MS = 60_000;
const HOUR_MIN = 60;

interface Props {
  readonly ruleId: string;
  readonly parameter: RuleParameter;
  /** As it was typed; empty for none. */
  readonly value: string;
  onInput(value: string): void;
}

export function ParameterField({ ruleId, parameter, value, onInput }: Props) {
  const usual = t('backtest.default', { value: textOf(parameter, parameter.default) });
  const bounds = `${boundText(parameter, parameter.min)}–${boundText(parameter, parameter.max)}`;
  const id = useId();
  return (
    <label for={id} title={parameter.name}>
      <span>
        {meaningOf(ruleId, parameter)} <span class="label">{unitOf(parameter)}</span>
      </span>
      <Input id={id} parameter={parameter} value={value} usual={usual} onInput={onInput} />
      <span class="hint">
        {usual}
        {parameter.unit === 'switch' ? '' : ` · ${bounds}`}
      </span>
    </label>
  );
}

interface InputProps extends Omit<Props, 'ruleId'> {
  readonly id: string;
  readonly usual: string;
}

function Input({ id, parameter, value, usual, onInput }: InputProps) {
  if (parameter.unit === 'switch') {
    return (
      <select id={id} value={value} onChange={(event) => onInput(event.currentTarget.value)}>
        <option value="">{usual}</option>
        <option value="1">{t('backtest.on')}</option>
        <option value="0">{t('backtest.off')}</option>
      </select>
    );
  }
  if (parameter.unit === 'minute-of-day')
    return (
      <input id={id} type="time" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
    );
  const scale = scaleOf(parameter);
  return (
    <input
      id={id}
      type="number"
      step="any"
      {...{ min: parameter.min / scale, max: parameter.max / scale, value }}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

/** What was typed, in the unit of the parameter. */
export function numberOf(parameter: RuleParameter, typed: string): number {
  if (parameter.unit !== 'minute-of-day') return Number(typed) * scaleOf(parameter);
  const [hours = '', minutes = ''] = typed.split(':');
  return Number(hours) * HOUR_MIN + Number(minutes);
}

/** A number of the parameter as people write it. */
export function textOf(parameter: RuleParameter, value: number): string {
  if (parameter.unit === 'switch') return t(value === 1 ? 'backtest.on' : 'backtest.off');
  return parameter.unit === 'minute-of-day' ? minuteOfDay(value) : String(value / scaleOf(parameter));
}

/** Ten seconds are 0.17 minutes, and not 0.16666666666666666. */
export function boundText(parameter: RuleParameter, value: number): string {
  if (parameter.unit !== 'ms') return textOf(parameter, value);
  return String(Math.round((value * 100) / scaleOf(parameter)) / 100);
}

/** In Chinese where we have words for it; a newer server may know more rules than we do. */
export function meaningOf(ruleId: string, { name, meaning }: RuleParameter): string {
  return (language.value === 'zh' && ZH_PARAMETERS[ruleId]?.[name]) || meaning;
}

/** Nobody thinks in milliseconds. */
function scaleOf({ unit }: RuleParameter): number {
  return unit === 'ms' ? MINUTE_MS : 1;
}

function unitOf({ unit }: RuleParameter): string {
  return unit === 'switch' || unit === 'minute-of-day' ? '' : word('unit', unit);
}
