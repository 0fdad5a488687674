const OURS = /^\/images\/[0-9a-f]{64}\/1280\.webp$/;
const WIDTHS = [320, 640, 1280];

/** Whether an event's or artist's picture is one we keep; others the page's policy does not let in. */
export function isOurs(url: string | null | undefined): url is string {
  return OURS.test(url ?? "");
}

/** One of our pictures in the width that fits. */
export function Picture({ url, sizes, alt }: { url: string; sizes: string; alt: string }) {
  const at = (width: number) => url.replace("1280", String(width));
  return (
    <img
      class="picture"
      src={at(640)}
      srcset={WIDTHS.map((width) => `${at(width)} ${width}w`).join(", ")}
      sizes={sizes}
      alt={alt}
      loading="lazy"
      decoding="async"
    />
  );
}
