// Start of shift. The one click unlocks sound (browsers demand it), plays the test tone, keeps the screen awake and
// begins to receive: on duty means that alarms can be heard.

import { useState } from 'preact/hooks';

import { useDesk } from './desk-context.ts';
import { t, word } from './language.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { Mark } from './mark.tsx';
import { askToNotify, mayNotify } from './page-signs.ts';

export function DutyStart() {
  const desk = useDesk();
  const [wantsNotifications, setWantsNotifications] = useState(false);
  const staff = desk.session.staff.value;
  const start = (): void => {
    if (wantsNotifications) void askToNotify();
    void desk.goOnDuty();
  };
  return (
    <main class="front">
      <div class="front-panel">
        <header class="front-head">
          <Mark />
          <div>
            <h1>{t('duty.title')}</h1>
            <p>
              {staff?.name} · {word('role', staff?.role ?? '')}
            </p>
          </div>
          <LanguageSwitch />
        </header>
        <p>{t('duty.text')}</p>
        <ul class="duty-list">
          <li>{t('duty.sound')}</li>
          <li>{t('duty.wake')}</li>
        </ul>
        {mayNotify() && (
          <label class="check">
            <input
              type="checkbox"
              checked={wantsNotifications}
              onChange={(event) => setWantsNotifications(event.currentTarget.checked)}
            />
            {t('duty.notify')}
          </label>
        )}
        <button type="button" class="primary large" autofocus onClick={start}>
          {t('duty.start')}
        </button>
        <button type="button" class="quiet" onClick={() => void desk.logOut()}>
          {t('bar.logout')}
        </button>
      </div>
    </main>
  );
}
