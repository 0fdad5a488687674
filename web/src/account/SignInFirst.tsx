import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";

/** Leads to the sign-in page and back to where one was. */
export function SignInFirst() {
  const { url, route } = useLocation();
  useEffect(() => route(`/sign-in?next=${encodeURIComponent(url)}`, true), [url, route]);
  return <main id="main" class="page" tabIndex={-1} />;
}
