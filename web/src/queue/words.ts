import type { NowServing } from "../api/types";
import type { Line } from "./line";
import type { Wait } from "./place";

const count = new Intl.NumberFormat("en");

export interface Words {
  title: string;
  next: string;
  /** While this stays the same only numbers change; when it changes, something matters. */
  kind: string;
}

const words = (kind: string, title: string, next: string): Words => ({ kind, title, next });

/** Where one stands and what happens next, in words. */
export function wordsFor(line: Line): Words {
  const { now, joined, joining, standing, position, wait } = line;
  if (line.unopened)
    return words(
      "unopened",
      "The waiting room is not open yet",
      "This page shows it when it opens. Coming early gains nothing.",
    );
  if (!now) return words("loading", "One moment…", "We are looking at the line.");
  if (now.phase === "closed")
    return words("closed", "The waiting room is closed", "Nobody is let in any more.");
  if (now.seatsLeft === 0)
    return words(
      "sold-out",
      "Sold out",
      "Tickets can come back when holds end; the line stays open until then.",
    );
  if (!joined && joining && now.joinSpreadSeconds && line.joinsAt)
    return words(
      "joining",
      "You are about to be registered",
      `So many come that each has a moment of their own: yours is ${clock(line.joinsAt)}. Keep this page open. Being later costs nothing in the draw.`,
    );
  if (!joined && joining)
    return words("joining", "Joining the line…", "Your time is noted already. This may take a little while.");
  if (!joined) return invitation(now.draw.drawAt, now.phase);
  if (standing?.status === "expired")
    return words("expired", "Your turn is over", "You can join again: you then go to the end of the line.");
  if (now.paused)
    return words(
      "paused",
      "The line is paused",
      "The organizer has stopped it for a while. Your place stays yours.",
    );
  if (line.solving)
    return words(
      "solving",
      "It is your turn",
      "Your browser solves a puzzle first, which takes some seconds.",
    );
  if (position === 0)
    return words("called", "It is your turn", "A place is being made ready. Stay on this page.");
  if (now.draw.drawAt && now.phase !== "serving") return beforeTheDraw(now.draw.drawAt, now);
  if (position === undefined)
    return words("placing", "You are in line", "Your place is being worked out: a few seconds.");
  return words("waiting", ahead(position), waitWords(wait));
}

function invitation(drawAt: string | null | undefined, phase: string): Words {
  if (drawAt && phase === "registering")
    return words(
      "outside",
      "Register for the draw",
      `At ${clock(drawAt)} everybody's place is drawn by lot. Whether you come now or just before makes no difference.`,
    );
  return words("outside", "You are not in line yet", "Join once. Reloading, or more windows, gains nothing.");
}

function beforeTheDraw(drawAt: string, { phase, draw }: NowServing): Words {
  if (phase === "drawing")
    return words(
      "drawing",
      "The draw is being made",
      `In a minute or so you will see your place here.${progress(draw)}`,
    );
  return words(
    "registered",
    "You are registered",
    `At ${clock(drawAt)} everybody's place is drawn by lot. You can leave and come back.`,
  );
}

function progress({ buckets, bucketsRead }: NowServing["draw"]): string {
  return bucketsRead ? ` ${Math.floor((100 * bucketsRead) / buckets)} % of the register is read.` : "";
}

function ahead(position: number): string {
  return position === 1
    ? "One person is ahead of you"
    : `${position < 100 ? "" : "About "}${count.format(roughly(position))} people ahead of you`;
}

/** Two digits are as much as anybody can know of a long line. */
function roughly(people: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, people))) - 1);
  return Math.ceil(people / unit) * unit;
}

export function clock(at: string | number): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function waitWords(wait: Wait | undefined): string {
  if (!wait) return "How long it takes cannot be said yet. Stay on this page or come back.";
  return `It will take ${range(wait)}. When it is your turn this page takes you in by itself.`;
}

function range({ min, max }: Wait): string {
  const [from, to] = [min, max].map((seconds) => Math.max(1, Math.round(seconds / 60))) as [number, number];
  if (to <= 1) return "about a minute";
  if (to < 90) return from === to ? `about ${to} minutes` : `between ${from} and ${to} minutes`;
  const hours = Math.ceil(to / 60);
  return from < 60
    ? `between ${from} minutes and ${hours} hours`
    : `between ${Math.floor(from / 60)} and ${hours} hours`;
}
