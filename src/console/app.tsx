// Which of the three screens is on: log-in, start of shift, or the desk.

import { useDesk } from './desk-context.ts';
import { DeskScreen } from './desk-screen.tsx';
import { DutyStart } from './duty-start.tsx';
import { LogIn } from './log-in.tsx';

export function App() {
  const desk = useDesk();
  const staff = desk.session.staff.value;
  if (staff === undefined) return <main class="front" aria-busy="true" />;
  if (staff === null) return <LogIn />;
  return desk.isOnDuty.value ? <DeskScreen /> : <DutyStart />;
}
