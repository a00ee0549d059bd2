/* Opens the console without a connection: its files from the device, its questions answered as they were last answered.
   Nothing that changes anything passes here; what waits to be sent is the page's own business. */

const SHELL = 'liandong-shell';
const ANSWERS = 'liandong-answers';

/* Questions whose last answer may stand in while there is no connection. */
const ASKED =
  /^\/api\/v1\/(session|city|city\/basemap|city\/grids|sensors\/map|reports\/facts|field-work|tasks|incidents(\/\d+)?)$/;

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('message', (event) => {
  const wanted = Array.isArray(event.data?.keep) ? event.data.keep : [];
  const addresses = wanted.map((path) => new URL(path, self.location.origin));
  const ours = addresses.filter(({ origin, pathname }) => origin === self.location.origin && ASKED.test(pathname));
  event.waitUntil(Promise.allSettled(ours.map(({ href }) => answered(new Request(href)))));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && address.pathname === '/') event.respondWith(page(event));
  else if (address.pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (ASKED.test(address.pathname)) event.respondWith(answered(request));
});

/* The newest page where there is a connection, and with it the files that it needs. */
async function page(event) {
  try {
    const response = await fetch('/', { cache: 'no-cache' });
    if (response.ok) event.waitUntil(keepShell());
    return response;
  } catch (error) {
    const known = await caches.match('/', { cacheName: SHELL });
    if (known === undefined) throw error;
    return known;
  }
}

/* Files under /assets never change: their names do. */
async function asset(request) {
  const known = await caches.match(request.url, { cacheName: SHELL });
  return known ?? fetch(request);
}

/* The answer of the server; the last one while it cannot be reached. */
async function answered(request) {
  const cache = await caches.open(ANSWERS);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request.url, response.clone());
    else if (response.status === 401) await caches.delete(ANSWERS);
    return response;
  } catch (error) {
    const known = await cache.match(request.url);
    if (known === undefined) throw error;
    return known;
  }
}

/* Keep the page with every file that it may ask for, and forget files of older ones. */
async function keepShell() {
  const list = await fetch('/shell.json', { cache: 'no-cache' });
  if (!list.ok) return;
  const files = ['/', '/favicon.svg', ...(await list.json())];
  const cache = await caches.open(SHELL);
  const known = new Set((await cache.keys()).map((one) => new URL(one.url).pathname));
  await cache.addAll(files.filter((file) => file === '/' || !known.has(file)));
  const wanted = new Set(files);
  await Promise.all([...known].filter((path) => !wanted.has(path)).map((path) => cache.delete(path)));
}
