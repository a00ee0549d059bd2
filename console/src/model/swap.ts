/** Swaps of duty that wait for one of the two, as the API tells them. */

import type { DutyPerson, Span } from './duty';

export interface SwapHalf extends Span {
  person: DutyPerson;
}

export interface RosterSwap {
  id: string;
  department: string;
  post: string;
  first: SwapHalf;
  second: SwapHalf;
  note: string;
  asked_by: DutyPerson;
  asked_at: string;
  /** who must agree */
  waits_for: DutyPerson;
}
