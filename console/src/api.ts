/** The only place that asks the server: JSON in and out, the CSRF header, one typed error. */

import type { ErrorBody } from './model/wire';
import { REQUEST_TIMEOUT_MS, UPLOAD_TIMEOUT_MS } from './timing';

const ROOT = '/api/v1';

/** The server refused, or could not be reached (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly at: string,
  ) {
    super(detail);
  }
}

/** What the server refused; whatever else went wrong is thrown on. */
export function asRefusal(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

export type Query = Record<string, string | number | boolean | readonly string[]>;

export function read<T>(path: string, query: Query = {}): Promise<T> {
  return ask<T>('GET', path + search(query));
}

/** Where a file is that the browser fetches by itself. */
export function fileAddress(path: string, query: Query = {}): string {
  return ROOT + path + search(query);
}

function search(query: Query): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    (value instanceof Array ? value : [value]).map((one): [string, string] => [key, String(one)]),
  );
  return pairs.length > 0 ? `?${new URLSearchParams(pairs).toString()}` : '';
}

export function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  return ask<T>(method, path, body);
}

/** Send a file as it is, with what is to be said of it. */
export function sendFile<T>(path: string, file: Blob, query: Query = {}): Promise<T> {
  return ask<T>('POST', path + search(query), file);
}

/** Send something under a key: sent again with it, it is not done again. A photo goes as it is. */
export function sendKeyed<T>(method: 'POST' | 'PUT', path: string, body: unknown, key: string): Promise<T> {
  return ask<T>(method, path, body, key);
}

/** Where a photo's bytes are, for an image element. */
export function photoAddress(id: string, small: boolean): string {
  return `${ROOT}/photos/${encodeURIComponent(id)}${small ? '?small=true' : ''}`;
}

/** Where a live stream begins, `after` being the number of the last event that was seen. */
export function liveAddress(after: number | null): string {
  return after === null ? `${ROOT}/live` : `${ROOT}/live?after=${after}`;
}

async function ask<T>(method: string, path: string, body?: unknown, key = ''): Promise<T> {
  const file = body instanceof Blob;
  const { ok, status, text } = await reach(ROOT + path, {
    method,
    headers: { ...headers(method, body), ...(key === '' ? {} : { 'Idempotency-Key': key }) },
    credentials: 'same-origin',
    signal: AbortSignal.timeout(file ? UPLOAD_TIMEOUT_MS : REQUEST_TIMEOUT_MS),
    ...(body === undefined ? {} : { body: file ? body : JSON.stringify(body) }),
  });
  if (!ok) throw refusal(status, text);
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** Ask, and read the whole answer: a connection may end between its head and its body. */
async function reach(address: string, request: RequestInit): Promise<{ ok: boolean; status: number; text: string }> {
  try {
    const response = await fetch(address, request);
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof DOMException)) throw cause;
    throw new ApiError(0, 'unreachable', cause.message, address);
  }
}

function headers(method: string, body: unknown): Record<string, string> {
  const all: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) all['Content-Type'] = body instanceof Blob ? body.type : 'application/json';
  if (method !== 'GET') all['X-CSRF-Token'] = cookie('liandong_csrf');
  return all;
}

function cookie(name: string): string {
  const pair = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return pair === undefined ? '' : decodeURIComponent(pair.slice(name.length + 1));
}

function refusal(status: number, text: string): ApiError {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>;
    return new ApiError(status, body.code ?? 'error', body.detail ?? text, body.at ?? '');
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return new ApiError(status, 'error', text.slice(0, 200), '');
  }
}
