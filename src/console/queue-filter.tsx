// Narrows the queue while somebody looks for a home. Says what it hides; cleared by Escape.

import { useDesk } from './desk-context.ts';
import { t } from './language.ts';

export function QueueFilter() {
  const { queue } = useDesk();
  const hidden = queue.hiddenCount.value;
  return (
    <div class="queue-filter">
      <input
        id="queue-filter"
        type="search"
        aria-label={t('queue.filter')}
        placeholder={`${t('queue.filter')}  /`}
        value={queue.filter.value}
        onInput={(event) => {
          queue.filter.value = event.currentTarget.value;
        }}
      />
      {hidden > 0 && (
        <p class="queue-hidden" role="status">
          {t('queue.filtered', { count: hidden })}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              queue.filter.value = '';
            }}
          >
            {t('queue.clearFilter')}
          </button>
        </p>
      )}
    </div>
  );
}
