/** Times of events are told in the venue's own time zone, wherever the reader is. */
function formatter(options: Intl.DateTimeFormatOptions) {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (iso: string, timeZone: string): string => {
    let f = made.get(timeZone);
    if (!f) {
      f = new Intl.DateTimeFormat(undefined, { ...options, timeZone });
      made.set(timeZone, f);
    }
    return f.format(new Date(iso));
  };
}

export const longDate = formatter({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
export const shortDate = formatter({ weekday: "short", day: "numeric", month: "short" });
export const clockTime = formatter({ hour: "2-digit", minute: "2-digit" });
export const weekday = formatter({ weekday: "short" });
export const dayOfMonth = formatter({ day: "numeric" });
export const shortMonth = formatter({ month: "short" });
