import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";

/** Leads to the sign-in page and back to where one was. */
export function SignInFirst() {
  const { url, route } = useLocation();
  // Once: while the sign-in page is loaded this one stays, and would lead to itself.
  useEffect(() => route(`/sign-in?next=${encodeURIComponent(url)}`, true), []);
  return <main id="main" class="page" tabIndex={-1} />;
}
