// Which staff have a screen. Says so when the first one of a person comes and when the last one is gone; the
// core gives claims back to the queue by it.

export interface DeskPresence {
  came(staffId: string): void;
  went(staffId: string): void;
}

export function createDeskPresence(onChange: (staffId: string, present: boolean) => void): DeskPresence {
  const screens = new Map<string, number>();
  return {
    came(staffId) {
      const count = (screens.get(staffId) ?? 0) + 1;
      screens.set(staffId, count);
      if (count === 1) onChange(staffId, true);
    },
    went(staffId) {
      const count = (screens.get(staffId) ?? 0) - 1;
      if (count > 0) {
        screens.set(staffId, count);
        return;
      }
      screens.delete(staffId);
      onChange(staffId, false);
    },
  };
}
