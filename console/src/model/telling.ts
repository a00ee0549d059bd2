/** Messages, escalations and channels as the API sends them. */

import type { Bilingual } from './wire';

export interface Attempt {
  at: string;
  took_ms: number;
  delivered: boolean;
  answer: string;
}

export interface SentMessage {
  id: string;
  incident: string | null;
  department: string;
  channel: string;
  at: string;
  state: string;
  attempts: number;
  sent_at: string | null;
  error: string;
  kind: string;
  person: string;
  subject: string;
  receipt: string;
  linked_at: string | null;
  tries: readonly Attempt[];
}

export interface Call {
  id: string;
  department: string;
  person: string;
  phone: string;
  asked_at: string;
  outcome: string;
  called_at: string | null;
  caller: string;
  note: string;
}

export interface Escalation {
  id: string;
  incident: string;
  number: string;
  title: Bilingual;
  priority: number;
  task: string | null;
  department: string;
  state: 'climbing' | 'watching' | 'resting';
  fired: number;
  rungs: number;
  started_at: string;
  answered_at: string | null;
  answered_by: string;
  next: { at: string; way: string; whom: string } | null;
  calls: readonly Call[];
}

export const CALL_OUTCOMES = ['answered', 'no_answer', 'wrong_number'] as const;

export interface Channel {
  name: string;
  kind: string;
  state: 'working' | 'failing' | 'dead' | 'unused';
  tried_at: string | null;
  delivered_at: string | null;
  failing_at: string | null;
  dead_at: string | null;
  failures: number;
  answer: string;
  waiting: number;
}
