// What to try: one rule, its parameters within their bounds, whose homes, and which time. A parameter that is left
// empty stays as each home has it, so that only what is written here makes the difference.

import { useState } from 'preact/hooks';

import { useDesk } from '../desk-context.ts';
import { hasWord, t, word } from '../language.ts';
import type { BacktestDesk, BacktestOrder, TriableRule } from './backtest-desk.ts';
import { numberOf, ParameterField } from './parameter-field.tsx';

const DAY_MS = 86_400_000;
const DAYS_PROPOSED = 30;

interface Draft {
  readonly ruleId: string;
  readonly values: Readonly<Record<string, string>>;
  readonly area: 'district' | 'homes';
  readonly districtCode: string;
  readonly homes: string;
  readonly from: string;
  readonly to: string;
}

export function BacktestForm({ tests }: { readonly tests: BacktestDesk }) {
  const { session, feed } = useDesk();
  const [draft, setDraft] = useState<Draft>(() => ({
    ...{ ruleId: 'inactivity', values: {}, area: 'district', homes: '' },
    districtCode: session.staff.value?.districtCode ?? '',
    from: dayText(feed.nowMs.peek() - DAYS_PROPOSED * DAY_MS),
    to: dayText(feed.nowMs.peek()),
  }));
  const rules = tests.rules.value;
  if (rules === null) return <p class="box is-missing">{t('backtest.loadingRules')}</p>;
  const rule = rules.find(({ id }) => id === draft.ruleId) ?? rules[0];
  if (rule === undefined) return <p class="box is-missing">{t('backtest.noRules')}</p>;
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  return (
    <form
      class="box backtest-form"
      onSubmit={(event) => {
        event.preventDefault();
        void tests.order(orderOf(draft, rule));
      }}
    >
      <label>
        {t('backtest.rule')}
        <select
          value={rule.id}
          onChange={(event) => change({ ruleId: event.currentTarget.value, values: {} })}
        >
          {rules.map(({ id, title }) => (
            <option key={id} value={id}>
              {hasWord(`kind.${id}`) ? word('kind', id) : title} · {id}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="backtest-parameters">
        <legend>{t('backtest.parameters')}</legend>
        {rule.parameters.map((parameter) => (
          <ParameterField
            key={`${rule.id} ${parameter.name}`}
            ruleId={rule.id}
            parameter={parameter}
            value={draft.values[parameter.name] ?? ''}
            onInput={(value) => change({ values: { ...draft.values, [parameter.name]: value } })}
          />
        ))}
      </fieldset>
      <AreaFields draft={draft} change={change} />
      <div class="backtest-span">
        <DayField label={t('backtest.from')} value={draft.from} onInput={(from) => change({ from })} />
        <DayField label={t('backtest.to')} value={draft.to} onInput={(to) => change({ to })} />
        <button type="submit" class="primary" disabled={tests.isPending.value}>
          {t('backtest.start')}
        </button>
      </div>
    </form>
  );
}

interface AreaProps {
  readonly draft: Draft;
  change(part: Partial<Draft>): void;
}

function AreaFields({ draft, change }: AreaProps) {
  const choice = (area: Draft['area']) => (
    <label class="check">
      <input type="radio" name="area" checked={draft.area === area} onChange={() => change({ area })} />
      {t(area === 'district' ? 'backtest.district' : 'backtest.homes')}
    </label>
  );
  const isDistrict = draft.area === 'district';
  return (
    <fieldset class="backtest-area">
      <legend>{t('backtest.area')}</legend>
      {choice('district')}
      {choice('homes')}
      {/* A field of its own each: a pattern taken away again would stay as an empty one, which fits nothing. */}
      <input
        key={draft.area}
        required
        aria-label={t(isDistrict ? 'backtest.district' : 'backtest.homes')}
        placeholder={isDistrict ? '330106003000' : 'home-1 home-2'}
        {...(isDistrict ? { pattern: '[0-9]{2,12}', inputMode: 'numeric' as const } : {})}
        value={isDistrict ? draft.districtCode : draft.homes}
        onInput={({ currentTarget: { value } }) =>
          change(isDistrict ? { districtCode: value.trim() } : { homes: value })
        }
      />
    </fieldset>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string;
  onInput(value: string): void;
}

function DayField({ label, value, onInput }: DayProps) {
  return (
    <label>
      {label}
      <input type="date" required value={value} onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
}

function orderOf(draft: Draft, rule: TriableRule): BacktestOrder {
  const given = rule.parameters.filter(({ name }) => (draft.values[name] ?? '') !== '');
  const values = Object.fromEntries(
    given.map((parameter) => [parameter.name, numberOf(parameter, draft.values[parameter.name]!)]),
  );
  const homes = draft.homes.split(/[\s,]+/).filter(Boolean);
  const area = draft.area === 'district' ? { districtCode: draft.districtCode } : { homes };
  const rules = given.length === 0 ? {} : { [rule.id]: values };
  // Days of this desk's calendar; `to` is meant with its day.
  const end = new Date(`${draft.to}T00:00`);
  end.setDate(end.getDate() + 1);
  return { rules, ...area, from: new Date(`${draft.from}T00:00`).getTime(), to: end.getTime() };
}

function dayText(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
