/** Hash routes: which page, with which parameter. */

export const PAGES = [
  'overview',
  'wall',
  'map',
  'queue',
  'tasks',
  'silences',
  'equipment',
  'incident',
  'sensor',
  'domain',
  'report',
  'plans',
  'response',
  'callbacks',
  'roster',
  'handover',
  'dutylog',
  'component',
  'discovery',
  'registry',
  'quarantine',
  'rules',
  'shadow',
  'backtest',
  'users',
  'evaluation',
  'access',
  'system',
  'channels',
  'account',
  'link',
  'missing',
] as const;

export type PageName = (typeof PAGES)[number];

export interface Route {
  page: PageName;
  /** What follows the page's name: an id, a domain, a token. */
  key: string;
  query: URLSearchParams;
}

/** Read a location's hash: none is the overview, one that no page has is `missing`. */
export function parse(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name = '', ...rest] = path.split('/');
  const page = name === '' ? 'overview' : (PAGES.find((known) => known === name) ?? 'missing');
  return { page, key: decode(rest.join('/')), query: new URLSearchParams(search) };
}

function decode(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return key;
  }
}

/** The address of a page, for `href`. */
export function to(page: PageName, key = ''): string {
  return key === '' ? `#/${page}` : `#/${page}/${encodeURIComponent(key)}`;
}

class Router {
  route = $state.raw<Route>(parse(location.hash));

  /** Follow the address bar; returns what ends it. */
  start(): () => void {
    const follow = (): void => {
      this.route = parse(location.hash);
    };
    window.addEventListener('hashchange', follow);
    return () => {
      window.removeEventListener('hashchange', follow);
    };
  }

  go(page: PageName, key = ''): void {
    location.hash = to(page, key);
  }
}

export const router = new Router();
