// Full-width banners: not receiving, a recording, notices of the service, a newer console. They push the desk down
// and never cover it, so that the focused element stays in sight (WCAG 2.4.11).

import type { NoticeMessage } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { duration, language, t, tIn, word } from './language.ts';

export function Banners() {
  const desk = useDesk();
  const { state, link } = desk.feed;
  return (
    <div class="banners">
      {link.value === 'lost' && <NotReceiving />}
      {state.value.clock === 'recording' && <Recording />}
      {state.value.notices.map((notice) => (
        <Notice key={notice.code} notice={notice} />
      ))}
      {desk.isOutdated.value && <Outdated />}
    </div>
  );
}

function NotReceiving() {
  const { feed } = useDesk();
  return (
    <div class="banner banner-lost" role="alert" data-testid="not-receiving">
      <strong>{t('lost.title')}</strong>
      {/* The running seconds are not announced every time they change. */}
      <span aria-live="off">{t('lost.text', { duration: duration(feed.quietMs.value) })}</span>
    </div>
  );
}

function Recording() {
  const other = language.value === 'zh' ? 'en' : 'zh';
  return (
    <div class="banner banner-recording" role="status" data-testid="recording">
      <strong>
        {t('recording.title')} / {tIn(other, 'recording.title')}
      </strong>
      <span>{t('recording.text')}</span>
    </div>
  );
}

function Notice({ notice }: { readonly notice: NoticeMessage }) {
  const { feed } = useDesk();
  return (
    <div class="banner banner-notice" role="alert">
      <span>{word('notice', notice.code)}</span>
      <button type="button" onClick={() => feed.dismiss(notice)}>
        {t('notice.dismiss')}
      </button>
    </div>
  );
}

/** Not by itself: a reload takes away the permission to sound until somebody clicks. */
function Outdated() {
  return (
    <div class="banner banner-outdated" role="status">
      <span>{t('outdated.text')}</span>
      <button type="button" onClick={() => location.reload()}>
        {t('outdated.reload')}
      </button>
    </div>
  );
}
