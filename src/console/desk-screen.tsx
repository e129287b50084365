// The desk: banners and top bar above, then queue, card and evidence side by side.

import { AlertCard } from './alert-card.tsx';
import { Announcer } from './announcer.tsx';
import { Backtests } from './backtest-place.tsx';
import { Banners } from './banners.tsx';
import { useDesk } from './desk-context.ts';
import { Evidence } from './evidence.tsx';
import { Help } from './help.tsx';
import { Queue } from './queue.tsx';
import { ReAuthentication } from './re-authentication.tsx';
import { RemarkLine } from './remark-line.tsx';
import { TopBar } from './top-bar.tsx';

export function DeskScreen() {
  const desk = useDesk();
  return (
    <div class="desk">
      <TopBar />
      <Banners />
      <main class="columns">
        <Queue />
        <PageBesideQueue />
      </main>
      <RemarkLine />
      {desk.session.isExpired.value && <ReAuthentication />}
      {desk.panel.value === 'help' && <Help />}
      <Announcer />
    </div>
  );
}

function PageBesideQueue() {
  if (useDesk().page.value === 'backtests') return <Backtests />;
  return (
    <>
      <AlertCard />
      <Evidence />
    </>
  );
}
