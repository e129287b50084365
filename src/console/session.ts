// Who is logged in. An expired session is a state of its own: the queue stays and sounds, only actions wait.

import { type Signal, signal } from '@preact/signals';

import type { Answer, Api, Staff } from './api.ts';

export interface Session {
  /** Undefined: not known yet; null: nobody. */
  readonly staff: Signal<Staff | null | undefined>;
  readonly isExpired: Signal<boolean>;
  /** Names of colleagues by staff id, as far as this person may see them. */
  readonly names: Signal<ReadonlyMap<string, string>>;
  /** Ask the service who we are; called at start and when the desk's socket was refused. */
  refresh(): Promise<void>;
  /** Null when it worked, else the code of the refusal. `other-staff`: somebody else's log-in on an open desk. */
  logIn(login: string, password: string): Promise<string | null>;
  logOut(): Promise<void>;
  nameOf(staffId: string): string | null;
}

export function createSession(api: Api): Session {
  const staff = signal<Staff | null | undefined>(undefined);
  const isExpired = signal(false);
  const names = signal<ReadonlyMap<string, string>>(new Map());

  const welcome = (who: Staff): void => {
    staff.value = who;
    isExpired.value = false;
    void api.staffNames().then((known) => {
      names.value = known;
    });
  };
  const refresh = async (): Promise<void> => {
    const answer = await api.whoAmI();
    if (answer.ok) welcome(answer.value);
    else if (answer.code === 'session-expired' && staff.value) isExpired.value = true;
    else if (staff.value === undefined) staff.value = null;
  };
  return {
    staff,
    isExpired,
    names,
    refresh,
    async logIn(login, password) {
      const known = staff.value;
      if (known && known.login !== login) return 'other-staff';
      const answer: Answer<Staff> = await api.logIn(login, password);
      if (answer.ok) welcome(answer.value);
      return answer.ok ? null : answer.code;
    },
    async logOut() {
      await api.logOut();
      staff.value = null;
      isExpired.value = false;
    },
    nameOf(staffId) {
      return staffId === staff.value?.staffId ? staff.value.name : (names.value.get(staffId) ?? null);
    },
  };
}
