import type { Line } from "./line";
import { clock } from "./words";

/** What happens next, and where in it one is. */
export function Way({ line }: { line: Line }) {
  const { now, joined, standing, position } = line;
  if (!now || now.phase === "closed" || standing?.status === "expired") return null;
  // Who comes after the draw has no part in it.
  const drawAt = (joined ? !standing?.late : now.phase === "registering") ? now.draw.drawAt : undefined;
  const steps = [
    { name: "join", words: drawAt ? "You register, once" : "You join the line, once" },
    ...(drawAt ? [{ name: "draw", words: `At ${clock(drawAt)} every place is drawn by lot` }] : []),
    { name: "wait", words: "Those ahead of you go in, as places become free" },
    { name: "turn", words: "Your turn: this page takes you in by itself" },
    { name: "buy", words: "You choose your seats and pay, within half an hour" },
  ];
  const at = !joined ? "join" : position === 0 ? "turn" : drawAt && now.phase !== "serving" ? "draw" : "wait";
  const here = steps.findIndex(({ name }) => name === at);
  return (
    <section class="stack queue-next" aria-labelledby="queue-next">
      <h2 id="queue-next">What happens next</h2>
      <ol class="queue-way">
        {steps.map(({ name, words }, index) => (
          <li
            key={name}
            class={index < here ? "done" : index === here ? "here" : ""}
            aria-current={index === here ? "step" : undefined}
          >
            {words}
          </li>
        ))}
      </ol>
      {joined && (
        <p class="muted small">
          When you are called you have 15 minutes to come back to this page. Whoever misses that joins again
          at the end.
        </p>
      )}
    </section>
  );
}
