// The top bar: what is unclaimed, whether we receive, whether we can be heard, the service's time, and who is here.

import type { Priority } from '#core/model/alert.ts';
import { useDesk } from './desk-context.ts';
import { t, timeOfDay, word } from './language.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { Mark, PrioritySign } from './mark.tsx';

export function TopBar() {
  const desk = useDesk();
  const staff = desk.session.staff.value;
  return (
    <header class="top-bar">
      <h1>
        <Mark />
        <span class="brand">{t('app.title')}</span>
      </h1>
      <Unclaimed />
      <div class="bar-right">
        <LinkSign />
        <SoundSign />
        <span class="bar-time" title={t('bar.serverTime')}>
          <span class="visually-hidden">{t('bar.serverTime')} </span>
          <Clock />
        </span>
        <BacktestButton />
        <button
          type="button"
          class="quiet"
          onClick={() => {
            desk.panel.value = 'help';
          }}
        >
          {t('bar.help')} <kbd>?</kbd>
        </button>
        <LanguageSwitch />
        <span class="bar-staff" title={word('role', staff?.role ?? '')}>
          {staff?.name}
        </span>
        <button type="button" class="quiet" onClick={() => void desk.logOut()}>
          {t('bar.logout')}
        </button>
      </div>
    </header>
  );
}

/** For who may try rules; the service refuses everybody else. */
function BacktestButton() {
  const { session, page } = useDesk();
  const role = session.staff.value?.role;
  if (role !== 'supervisor' && role !== 'administrator') return null;
  const isOpen = page.value === 'backtests';
  return (
    <button
      type="button"
      class="quiet"
      aria-pressed={isOpen}
      onClick={() => {
        page.value = isOpen ? 'alert' : 'backtests';
      }}
    >
      {t('backtest.title')}
    </button>
  );
}

function Unclaimed() {
  const counts = useDesk().queue.unclaimed.value;
  return (
    <ul class="unclaimed" aria-label={t('bar.unclaimed')}>
      {([1, 2, 3] as const satisfies readonly Priority[]).map((priority) => (
        <li key={priority} class={counts[priority] === 0 ? 'is-zero' : ''}>
          <PrioritySign priority={priority} isBlinking={false} />
          <span class="visually-hidden">{word('priority', String(priority))}</span> {counts[priority]}
        </li>
      ))}
    </ul>
  );
}

function Clock() {
  return <time>{timeOfDay(useDesk().feed.nowMs.value)}</time>;
}

function LinkSign() {
  const link = useDesk().feed.link.value;
  return (
    <span class={`state link-${link}`} data-testid="link">
      {word('link', link)}
    </span>
  );
}

function SoundSign() {
  const { sound } = useDesk();
  const seconds = sound.silencedS.value;
  const health = sound.health.value;
  if (health !== 'ready') {
    return (
      <button type="button" class="state sound-bad" onClick={() => void sound.unlock()}>
        {word('sound', health)} · {t('sound.unlock')}
      </button>
    );
  }
  return (
    <span class="sound">
      <span class={`state ${seconds > 0 ? 'sound-silenced' : 'sound-ready'}`}>
        {seconds > 0 ? t('sound.silenced', { seconds }) : t('sound.ready')}
      </span>
      <button type="button" class="quiet" onClick={() => sound.silence()}>
        {t('sound.silence')} <kbd>S</kbd>
      </button>
    </span>
  );
}
