import { useEffect, useId, useRef, useState } from "preact/hooks";
import { call } from "../api/client";
import type { Suggestion, Suggestions } from "../api/types";
import type { Search } from "./search";

const PAUSE_MS = 120;
const KINDS = { artist: "Artist", venue: "Venue", city: "City", event: "Event" };

/** The search a suggestion stands for. */
function meant({ kind, value, detail }: Suggestion): Search {
  if (kind === "artist") return { keyword: "", artist: value };
  if (kind === "venue") return { keyword: "", venueId: value };
  return { keyword: "", city: value, countryCode: detail };
}

/** A combobox as WAI-ARIA describes it: focus stays in the box, arrows walk the list, Enter takes, Escape closes. */
export function SearchBox(props: {
  keyword: string;
  onKeyword: (keyword: string) => void;
  onChoose: (change: Search) => void;
  onEvent: (eventId: string) => void;
}) {
  const id = useId();
  const [text, setText] = useState(props.keyword);
  const [found, setFound] = useState<Suggestion[]>([]);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const said = useRef(props.keyword);

  // The address may change under the box: Back, a link, a filter taken away.
  useEffect(() => {
    if (props.keyword !== said.current) setText(props.keyword);
    said.current = props.keyword;
  }, [props.keyword]);

  useEffect(() => {
    const typed = text.trim();
    if (!open || typed.length < 2) return setFound([]);
    const leaving = new AbortController();
    const wait = setTimeout(() => {
      call<Suggestions>(`/events/suggest?keyword=${encodeURIComponent(typed)}`, { signal: leaving.signal })
        .then(({ suggestions }) => {
          setFound(suggestions);
          setActive(-1);
        })
        .catch(() => {}); // suggestions are a courtesy
    }, PAUSE_MS);
    return () => {
      clearTimeout(wait);
      leaving.abort();
    };
  }, [text, open]);

  const shown = open && found.length > 0;
  const type = (value: string) => {
    setText(value);
    setOpen(true);
    said.current = value;
    props.onKeyword(value);
  };
  const choose = (suggestion: Suggestion) => {
    setOpen(false);
    if (suggestion.kind === "event") return props.onEvent(suggestion.value);
    setText("");
    said.current = "";
    props.onChoose(meant(suggestion));
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape" && shown) {
      event.preventDefault();
      setOpen(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length > 0) {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than suggestions: none, which is the typed text itself.
      setActive(((active + 1 + step + found.length + 1) % (found.length + 1)) - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const suggestion = shown ? found[active] : undefined;
      if (suggestion) choose(suggestion);
      else setOpen(false);
    }
  };
  return (
    <div class="search-box">
      <label class="visually-hidden" for={id}>
        Search by event, artist, venue or city
      </label>
      <input
        id={id}
        class="input"
        type="search"
        // biome-ignore lint/a11y/noRedundantRoles: Preact's types want a list; it is none, and so implies no role
        role="combobox"
        list={undefined}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        placeholder="Artist, venue, city, or “jazz tonight”"
        value={text}
        onInput={(e) => type(e.currentTarget.value)}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
      />
      <div id={`${id}-list`} class="suggestions" role="listbox" aria-label="Suggestions" hidden={!shown}>
        {found.map((suggestion, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the box's, which keeps the focus
          <div
            key={`${suggestion.kind} ${suggestion.value}`}
            id={`${id}-${i}`}
            class="suggestion"
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => choose(suggestion)}
          >
            <span>
              <b>{suggestion.label}</b>
              {suggestion.detail && <span class="muted"> {suggestion.detail}</span>}
            </span>
            <span class="muted small numbers">
              {KINDS[suggestion.kind]}
              {suggestion.kind !== "event" && ` · ${suggestion.events}`}
            </span>
          </div>
        ))}
      </div>
      <p class="visually-hidden" role="status">
        {shown ? `${found.length} suggestions` : ""}
      </p>
    </div>
  );
}
