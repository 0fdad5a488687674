import type { Line } from "./line";
import type { Wait } from "./place";

const count = new Intl.NumberFormat("en");

export interface Words {
  title: string;
  next: string;
}

/** Where one stands and what happens next, in words. */
export function wordsFor({ now, joined, joining, standing, position, wait }: Line): Words {
  if (!now) return { title: "One moment…", next: "We are looking at the line." };
  if (now.phase === "closed")
    return { title: "The waiting room is closed", next: "Nobody is let in any more." };
  if (now.seatsLeft === 0)
    return {
      title: "Sold out",
      next: "Tickets can come back when holds end; the line stays open until then.",
    };
  if (!joined && joining)
    return { title: "Joining the line…", next: "Your time is noted already. This may take a little while." };
  if (!joined)
    return { title: "You are not in line yet", next: "Join once; reloading or more windows gain nothing." };
  if (standing?.status === "expired")
    return { title: "Your turn is over", next: "Leave the line and join again: you go to its end." };
  if (now.paused)
    return { title: "The line is paused", next: "The organizer has stopped it for a while. Stay here." };
  if (position === 0)
    return { title: "It is your turn", next: "A place is being made ready. Stay on this page." };
  if (now.draw.drawAt && now.phase !== "serving") return beforeTheDraw(now.draw.drawAt);
  if (position === undefined) return { title: "You are in line", next: "Your place is being worked out." };
  return { title: `${count.format(roughly(position))} people ahead of you`, next: waitWords(wait) };
}

function beforeTheDraw(drawAt: string): Words {
  const when = new Date(drawAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return {
    title: "You are registered",
    next: `At ${when} everybody's place is drawn by lot. Coming earlier gains nothing; you can leave and come back.`,
  };
}

/** Two digits are as much as anybody can know of a long line. */
function roughly(people: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, people))) - 1);
  return Math.ceil(people / unit) * unit;
}

function waitWords(wait: Wait | undefined): string {
  if (!wait) return "How long it takes cannot be said yet. Stay on this page or come back.";
  const minutes = (seconds: number) => Math.max(1, Math.round(seconds / 60));
  const [from, to] = [minutes(wait.min), minutes(wait.max)];
  const range =
    to <= 1 ? "about a minute" : from === to ? `about ${to} minutes` : `between ${from} and ${to} minutes`;
  return `It will take ${range}. When it is your turn this page takes you in by itself.`;
}
