import { useState } from "preact/hooks";
import type { Event, Presale } from "../api/types";
import { typeId } from "./draft";
import { changeEvent, create } from "./editing";
import { Input, Saving } from "./Saving";
import { instantIn, localIn } from "./times";

/** Windows before the sale, and the codes that open them. */
export function PresalePart({ event, changed }: { event: Event; changed: (event: Event) => void }) {
  const [presales, setPresales] = useState(event.presales ?? []);
  const zone = event.venue.timezone;
  const put = (i: number, part: Partial<Presale>) =>
    setPresales(presales.with(i, { ...(presales[i] as Presale), ...part }));
  const add = () => {
    const hour = new Date(Date.parse(event.onSaleAt) - 3_600_000).toISOString();
    const id = typeId(`presale-${crypto.randomUUID().slice(0, 8)}`, 0);
    setPresales([...presales, { id, name: "", startsAt: hour, endsAt: event.onSaleAt }]);
  };
  return (
    <>
      <Saving title="Presales" save={async () => changed(await changeEvent(event, { presales }))}>
        {presales.map((presale, i) => (
          <div class="organizer-grid" key={presale.id}>
            <Input
              label="Presale"
              path={`presales[${i}].name`}
              value={presale.name}
              set={(name) => put(i, { name })}
              more={{ maxLength: 120 }}
            />
            <Input
              label="Opens"
              path={`presales[${i}].startsAt`}
              type="datetime-local"
              value={localIn(zone, presale.startsAt)}
              set={(typed) => typed && put(i, { startsAt: instantIn(zone, typed) })}
            />
            <Input
              label="Closes"
              path={`presales[${i}].endsAt`}
              type="datetime-local"
              value={localIn(zone, presale.endsAt)}
              set={(typed) => typed && put(i, { endsAt: instantIn(zone, typed) })}
            />
            <button type="button" class="link-button" onClick={() => setPresales(presales.toSpliced(i, 1))}>
              Remove {presale.name || "this presale"}
            </button>
          </div>
        ))}
        <button type="button" class="link-button" onClick={add}>
          Add a presale
        </button>
      </Saving>
      {(event.presales ?? []).map((presale) => (
        <Codes key={presale.id} eventId={event.eventId} presale={presale} />
      ))}
    </>
  );
}

function Codes({ eventId, presale }: { eventId: string; presale: Presale }) {
  const [count, setCount] = useState("50");
  const [own, setOwn] = useState("");
  const [people, setPeople] = useState("1");
  const [codes, setCodes] = useState<string[]>();
  const save = async () => {
    const wanted = own.trim() ? { codes: [own.trim()] } : { count: Number(count) };
    const body = { presaleId: presale.id, ...wanted, ...(people ? { peoplePerCode: Number(people) } : {}) };
    const answer = await create<{ codes: string[] }>(`/organizer/events/${eventId}/presale-codes`, body);
    setCodes(answer.codes);
  };
  return (
    <Saving title={`Codes for ${presale.name}`} action="Make codes" save={save}>
      <div class="organizer-grid">
        <Input label="How many" type="number" value={count} set={setCount} more={{ min: 1, max: 200 }} />
        <Input
          label="Or one of your own"
          path="codes[0]"
          value={own}
          set={setOwn}
          required={false}
          more={{ maxLength: 40 }}
        />
        <Input
          label="People per code (empty: all)"
          type="number"
          value={people}
          set={setPeople}
          required={false}
          more={{ min: 1, max: 500 }}
        />
      </div>
      {codes && (
        <label class="field">
          <span>Keep these: they are shown once</span>
          <textarea class="input" readOnly rows={Math.min(12, codes.length)} value={codes.join("\n")} />
        </label>
      )}
    </Saving>
  );
}
