// Hands the desk to components without passing it through every level.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Desk } from './desk.ts';

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('a component of the console stands outside of the desk');
  return desk;
}
