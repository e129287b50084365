// Why the alert was raised: a sentence, and the figures behind it.

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { explainInWords, factsOf } from './explanation.ts';
import { t } from './language.ts';

export function ExplanationBox({ alert }: { readonly alert: DeskAlert }) {
  const nowMs = useDesk().feed.nowMs.value;
  return (
    <section class="box" aria-labelledby="explain-title" data-testid="explanation">
      <h3 id="explain-title">{t('explain.title')}</h3>
      <p>{explainInWords(alert.explanation, nowMs)}</p>
      <dl class="facts">
        {factsOf(alert.explanation, nowMs).map((fact) => (
          <div key={fact.name}>
            <dt>{fact.label}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
