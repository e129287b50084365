// Can an operator be told this? An alert needs a sentence, a name for each figure, and no figure that nobody knows.

import { hasWord } from '#console/language.ts';
import { zh } from '#console/zh.ts';
import type { Explanation } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';

/** What is wrong with the words of an explanation; its placeholders are the same in both languages. */
export function unsayable({ code, params }: Explanation): string[] {
  const key = `explain.${code}`;
  if (!hasWord(key)) return [`${code}: no words`];
  const said = [...zh[key].matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const unknown = said.filter((name) => (params[name] ?? null) === null);
  const nameless = Object.keys(params).filter((name) => !hasWord(`fact.${name}`));
  const endless = Object.entries(params).filter(
    ([, value]) => typeof value === 'number' && !Number.isFinite(value),
  );
  return [
    ...unknown.map((name) => `${code}: speaks of ${name}, which is unknown`),
    ...nameless.map((name) => `${code}: no word for ${name}`),
    ...endless.map(([name, value]) => `${code}: ${name} is ${value}`),
  ];
}

export function unsayableIn(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'alert' ? unsayable(effect.alert.explanation) : []));
}
