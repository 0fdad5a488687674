/** Where to go after signing in: only ever a path of this site. */
export function nextPath(query: Record<string, string>): string {
  const next = query.next ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

/** The same page with the same aim: carries `next` (and what is known of the address) along. */
export function withNext(
  path: string,
  query: Record<string, string>,
  extra: Record<string, string> = {},
): string {
  const search = new URLSearchParams({ ...(query.next ? { next: query.next } : {}), ...extra }).toString();
  return search ? `${path}?${search}` : path;
}
