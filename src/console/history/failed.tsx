// Says in words why a part of the history is not there, and asks again on demand.

import { hasWord, t } from '../language.ts';

export function Failed({ code, retry }: { readonly code: string; retry(): void }) {
  const key = `history.failed.${code}`;
  return (
    <p class="history-failed" role="status">
      {hasWord(key) ? t(key) : t('history.failed', { code })}
      <button type="button" onClick={retry}>
        {t('card.retry')}
      </button>
    </p>
  );
}
