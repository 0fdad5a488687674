import type { Snapshot } from "../api/types";
import { type Plan, seatOf } from "./plan";

/** What the live connection tells of an event's seats: lists, and for each section from where to where they lead. */
export interface SeatsChanged {
  version: number;
  everyMs: number;
  sections: Record<string, { since: number; version: number }>;
  taken: string[];
  freed: string[];
}

/**
 * Which seats are free: bit i (most significant first) is the i-th seat in seat order. Each section has a version
 * of its own; two states of a section with the same version are the same.
 */
export class FreeSeats {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly versions: ReadonlyMap<string, number>,
  ) {}

  static of({ availabilityBitmap, sectionPricing }: Snapshot): FreeSeats {
    return new FreeSeats(
      Uint8Array.from(atob(availabilityBitmap), (c) => c.charCodeAt(0)),
      new Map(sectionPricing.map(({ section, version }) => [section, version])),
    );
  }

  static all(seats: number): FreeSeats {
    return new FreeSeats(new Uint8Array(Math.ceil(seats / 8)).fill(0xff), new Map());
  }

  /** Counts the writes it has seen: the sum of its sections' versions. */
  get version(): number {
    let sum = 0;
    for (const version of this.versions.values()) sum += version;
    return sum;
  }

  /** A section of which nothing is known is older than any. */
  versionOf(section: string): number {
    return this.versions.get(section) ?? -1;
  }

  /** Whether it tells of a section that the plan does not have. */
  exceeds(plan: Plan): boolean {
    return anyUnknown(this.versions.keys(), plan);
  }

  has(seat: number): boolean {
    return ((this.bytes[seat >> 3] as number) & (0x80 >> (seat & 7))) !== 0;
  }

  /** How many of the seats [first, end) are free. */
  count(first: number, end: number): number {
    let free = 0;
    for (let seat = first; seat < end; seat++) if (this.has(seat)) free++;
    return free;
  }

  /** The same, but for these seats. */
  without(seats: Iterable<number>): FreeSeats {
    const bytes = this.bytes.slice();
    for (const seat of seats) put(bytes, seat, false);
    return new FreeSeats(bytes, this.versions);
  }

  /** Each section as the newer of the two has it; of the same version the other's, which may have been mended. */
  orNewer(other: FreeSeats, plan: Plan): FreeSeats {
    const newer = plan.sections.filter(({ key }) => other.versionOf(key) >= Math.max(this.versionOf(key), 0));
    if (newer.length === 0) return this;
    const bytes = this.bytes.slice();
    const versions = new Map(this.versions);
    for (const { key, first, end } of newer) {
      for (let seat = first; seat < end; seat++) put(bytes, seat, other.has(seat));
      versions.set(key, other.versionOf(key));
    }
    return new FreeSeats(bytes, versions);
  }

  /** The change, in those sections that it can be made in: they are neither older than it goes back nor newer. */
  after({ sections, taken, freed }: SeatsChanged, plan: Plan): FreeSeats {
    const fits = Object.entries(sections).filter(([key, { since, version }]) => {
      const own = this.versionOf(key);
      return since <= own && own < version;
    });
    if (fits.length === 0) return this;
    const changing = new Set(fits.map(([key]) => key));
    const bytes = this.bytes.slice();
    const mark = (seatIds: string[], free: boolean) => {
      for (const id of seatIds) {
        const seat = changing.has(id.slice(0, id.indexOf("-"))) ? seatOf(plan, id) : undefined;
        if (seat !== undefined) put(bytes, seat, free);
      }
    };
    mark(taken, false);
    mark(freed, true);
    return new FreeSeats(
      bytes,
      new Map([...this.versions, ...fits.map(([key, step]) => [key, step.version] as const)]),
    );
  }
}

function put(bytes: Uint8Array, seat: number, free: boolean): void {
  const bit = 0x80 >> (seat & 7);
  const byte = bytes[seat >> 3] as number;
  bytes[seat >> 3] = free ? byte | bit : byte & ~bit;
}

function anyUnknown(sections: Iterable<string>, plan: Plan): boolean {
  const known = new Set(plan.sections.map(({ key }) => key));
  return [...sections].some((key) => !known.has(key));
}

const HEARD_MAX = 60;

/** A map that follows what it is told, and knows when it has missed something. */
export class Following {
  private heard: SeatsChanged[] = [];
  private least = 0;
  /** The house has more seats than the plan: both have to be fetched anew. */
  outgrown = false;

  constructor(
    private readonly plan: Plan,
    public free: FreeSeats,
  ) {}

  /** Whether a snapshot is needed before what was told since can be understood. */
  get behind(): boolean {
    return this.heard.length > 0 || this.free.version < this.least;
  }

  /** The map must have seen so many writes, before any change is told. */
  expect(version: number): void {
    this.least = Math.max(this.least, version);
  }

  hear(change: SeatsChanged): void {
    this.outgrown ||= anyUnknown(Object.keys(change.sections), this.plan);
    this.heard = [...this.heard, change].slice(-HEARD_MAX);
    this.catchUp();
  }

  /** A snapshot may be a second old: of each section the newer state stays, and what was told since is made again. */
  read(snapshot: FreeSeats): void {
    this.outgrown ||= snapshot.exceeds(this.plan);
    this.free = this.free.orNewer(snapshot, this.plan);
    this.catchUp();
  }

  private catchUp(): void {
    for (const change of this.heard) this.free = this.free.after(change, this.plan);
    this.heard = this.heard.filter(({ sections }) =>
      Object.entries(sections).some(([key, { version }]) => this.free.versionOf(key) < version),
    );
  }
}
