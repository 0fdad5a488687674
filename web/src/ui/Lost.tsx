import { useTitle } from "./ui";

export function Lost() {
  useTitle("Page not found");
  return (
    <main id="main" class="page lost" tabIndex={-1}>
      <span class="number" aria-hidden="true">
        404
      </span>
      <h1>No seat at this address</h1>
      <p class="lede">The page may have moved, or the link lost a letter on its way to you.</p>
      <a class="button" href="/">
        See what’s on
      </a>
    </main>
  );
}
