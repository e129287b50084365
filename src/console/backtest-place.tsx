// The back-tests beside the queue, which stays in sight and sounding. Their code comes when somebody asks for it.

import { lazyPart } from './lazy-part.tsx';

const BacktestPage = lazyPart(async () => (await import('./backtest/backtest-page.tsx')).BacktestPage);

export function Backtests() {
  return (
    <section class="backtests" data-testid="backtests">
      <BacktestPage />
    </section>
  );
}
