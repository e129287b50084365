// Log-in: a plain form that password managers know and paste works in (WCAG 3.3.8). `LogInForm` is also used when a
// session expires on an open desk.

import { useState } from 'preact/hooks';

import { useDesk } from './desk-context.ts';
import { t } from './language.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { Mark } from './mark.tsx';

export function LogIn() {
  return (
    <main class="front">
      <div class="front-panel">
        <header class="front-head">
          <Mark />
          <div>
            <h1>{t('app.title')}</h1>
            <p>{t('app.subtitle')}</p>
          </div>
          <LanguageSwitch />
        </header>
        <h2 class="visually-hidden">{t('login.title')}</h2>
        <LogInForm login={null} />
      </div>
    </main>
  );
}

/** `login`: who must log in again; null: anybody. */
export function LogInForm({ login }: { readonly login: string | null }) {
  const { session } = useDesk();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    setBusy(true);
    const code = await session.logIn(String(fields.get('login')).trim(), String(fields.get('password')));
    setBusy(false);
    setProblem(code);
  };
  return (
    <form class="log-in" onSubmit={submit}>
      <label>
        {t('login.login')}
        <input
          name="login"
          autocomplete="username"
          autocapitalize="none"
          required
          defaultValue={login ?? ''}
        />
      </label>
      <label>
        {t('login.password')}
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      <p class="form-problem" role="status">
        {problem === null ? '' : problemText(problem, login)}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        {t(isBusy ? 'login.busy' : 'login.submit')}
      </button>
    </form>
  );
}

function problemText(code: string, login: string | null): string {
  if (code === 'unreachable') return t('login.unreachable');
  if (code === 'other-staff') return t('reauth.other', { login: login ?? '' });
  if (code === '429' || code === 'too-many-attempts') return t('login.limited');
  return code === 'session-expired' ? t('login.wrong') : t('answer.failed', { code });
}
