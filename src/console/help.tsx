// The keys, and the switch that turns single-character keys off (WCAG 2.1.4).

import { useLayoutEffect, useRef } from 'preact/hooks';

import { useDesk } from './desk-context.ts';
import { t } from './language.ts';
import { focusOn } from './operator-input.ts';
import { hasShortcuts } from './preferences.ts';
import type { Key } from './zh.ts';

const ROWS: readonly (readonly [readonly (Key | `'${string}`)[], Key])[] = [
  [['key.space'], 'help.claim'],
  [["'↑", "'↓", "'J", "'K"], 'help.move'],
  [['key.enter'], 'help.open'],
  [["'C"], 'help.call'],
  [["'1", "'…", "'9"], 'help.callN'],
  [["'N"], 'help.note'],
  [["'A"], 'help.acknowledge'],
  [["'R"], 'help.close_'],
  [["'H"], 'help.history'],
  [["'S"], 'help.silence'],
  [["'/"], 'help.filter'],
  [["'?"], 'help.help'],
  [["'Esc"], 'help.escape'],
];

export function Help() {
  const desk = useDesk();
  const close = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => close.current?.focus(), []);
  const dismiss = (): void => {
    desk.panel.value = 'none';
    focusOn('queue');
  };
  return (
    <section class="help" role="dialog" aria-label={t('help.title')}>
      <h2>{t('help.title')}</h2>
      <dl>
        {ROWS.map(([keys, meaning]) => (
          <div key={meaning}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key.startsWith("'") ? key.slice(1) : t(key as Key)}</kbd>
              ))}
            </dt>
            <dd>{t(meaning)}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={hasShortcuts.value}
          onChange={(event) => {
            hasShortcuts.value = event.currentTarget.checked;
          }}
        />
        {t('help.enabled')}
      </label>
      <p class="hint">{t('help.enabledHint')}</p>
      <button type="button" class="primary" ref={close} onClick={dismiss}>
        {t('help.close')}
      </button>
    </section>
  );
}
