/** Errands in the device's own database, so that they outlive the page and the battery. */

import type { Errand } from './errand';

const NAME = 'liandong';
const STORE = 'errands';

/** Return every errand, in the order in which they were made. */
export async function kept(): Promise<Errand[]> {
  return (await answer((await store('readonly')).getAll() as IDBRequest<unknown>)) as Errand[];
}

/** Keep a new errand; return it with its number. */
export async function keep(errand: Omit<Errand, 'id'>): Promise<Errand> {
  const id = await answer((await store('readwrite')).add(errand));
  return { ...errand, id: Number(id) };
}

/** Keep an errand as it is now. */
export async function rewrite(errand: Errand): Promise<void> {
  await answer((await store('readwrite')).put(errand));
}

/** Forget an errand that was answered or given up. */
export async function forget(id: number): Promise<void> {
  await answer((await store('readwrite')).delete(id));
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const database = await opened();
  // A photo that was said to be kept must not be lost with the battery.
  return database.transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE);
}

let opening: Promise<IDBDatabase> | null = null;

function opened(): Promise<IDBDatabase> {
  opening ??= open();
  return opening;
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE, { keyPath: 'id', autoIncrement: true });
  };
  return answer(request);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('Expected an answer of the device database - at `indexedDB`'));
    };
  });
}
