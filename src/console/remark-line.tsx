// The line at the foot that says how the last order was answered. A refusal stays until the next order.

import { useEffect } from 'preact/hooks';

import { useDesk } from './desk-context.ts';
import { t } from './language.ts';

/** Good news needs a glance; long enough to be read (WCAG 2.2.1: nothing depends on it). */
const INFO_SHOWN_MS = 6_000;

export function RemarkLine() {
  const { remark } = useDesk().handling;
  const shown = remark.value;
  useEffect(() => {
    if (shown?.tone !== 'info') return undefined;
    const timer = setTimeout(() => {
      if (remark.peek() === shown) remark.value = null;
    }, INFO_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="remark-place" role="status" data-testid="remark">
      {shown !== null && (
        <div class={`remark remark-${shown.tone}`}>
          <span>{t(shown.key, shown.parameters)}</span>
          <button
            type="button"
            class="quiet"
            onClick={() => {
              remark.value = null;
            }}
          >
            {t('notice.dismiss')}
          </button>
        </div>
      )}
    </div>
  );
}
