// The session ended while staff are on duty. A panel over the evidence only: the queue stays in sight and sounds.

import { useDesk } from './desk-context.ts';
import { t } from './language.ts';
import { LogInForm } from './log-in.tsx';

export function ReAuthentication() {
  const desk = useDesk();
  return (
    <section class="re-authentication" role="dialog" aria-label={t('reauth.title')} data-testid="reauth">
      <h2>{t('reauth.title')}</h2>
      <p>{t('reauth.text')}</p>
      <LogInForm login={desk.session.staff.value?.login ?? null} />
      <button type="button" class="quiet" onClick={() => void desk.logOut()}>
        {t('bar.logout')}
      </button>
    </section>
  );
}
