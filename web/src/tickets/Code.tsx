import { useMemo } from "preact/hooks";
import { encode } from "uqr";

/** The ticket's code as a QR picture: one path, black on white whatever the scheme, so that gates can read it. */
export function Code({ text }: { text: string }) {
  const { size, d } = useMemo(() => {
    const { data, size } = encode(text, { ecc: "M", border: 3 });
    const runs = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
    return { size, d: runs.join("") };
  }, [text]);
  return (
    <svg
      class="code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="Ticket code"
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={d} fill="#000" />
    </svg>
  );
}
