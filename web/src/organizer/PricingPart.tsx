import { useState } from "preact/hooks";
import type { ChartImport, Event, Pricing } from "../api/types";
import { useLoaded } from "../ui/ui";
import { fractionDigits, minorUnits, typeId } from "./draft";
import { changeEvent } from "./editing";
import { PriceInput } from "./PriceInput";
import { Input, Saving } from "./Saving";
import { categoriesOf } from "./SeatingStep";

type Fee = NonNullable<Pricing["fees"]>[number];
const PER_CENT = 100;
const TYPES_MAX = 20;
const FEES_MAX = 10;

interface Props {
  event: Event;
  /** One that the event is to have from now on: it comes with a price for each of its categories. */
  chart: ChartImport["chart"] | undefined;
  changed: (event: Event) => void;
}

/** Ticket types, their prices in every category, fees and tax. */
export function PricingPart({ event, chart, changed }: Props) {
  const [pricing, setPricing] = useState(event.pricing);
  const types = pricing.ticketTypes;
  const fees = pricing.fees ?? [];
  const digits = fractionDigits(pricing.currency);
  const drawn = useLoaded(event.chartHash, () =>
    event.chartHash ? categoriesOf(event) : Promise.resolve([]),
  );
  const labels = new Map(drawn.value?.map(({ key, label }) => [key, label]));
  const rows =
    chart?.categories ?? Object.keys(pricing.prices).map((key) => ({ key, label: labels.get(key) ?? key }));
  const save = async () => {
    const prices = Object.fromEntries(rows.map(({ key }) => [key, pricing.prices[key] ?? {}]));
    const chosen = chart ? { chartHash: chart.hash } : {};
    changed(await changeEvent(event, { pricing: { ...pricing, prices }, ...chosen }));
  };
  const put = (part: Partial<Pricing>) => setPricing({ ...pricing, ...part });
  const setPrice = (category: string, type: string, typed: string) => {
    const row = { ...pricing.prices[category], [type]: minorUnits(typed, digits) };
    put({ prices: { ...pricing.prices, [category]: row } });
  };
  const setFee = (i: number, fee: Partial<Fee>) =>
    put({ fees: fees.with(i, { ...(fees[i] as Fee), ...fee }) });
  return (
    <Saving title="Tickets and prices" save={save}>
      <p class="muted small">New prices meet new holds; what is held or sold keeps its price.</p>
      <div class="organizer-table">
        <table>
          <thead>
            <tr>
              <th scope="col">Category</th>
              {types.map((type, i) => (
                <th scope="col" key={type.id}>
                  <input
                    class="input"
                    required
                    maxLength={80}
                    aria-label={`Ticket type ${i + 1}`}
                    value={type.label}
                    onInput={(e) =>
                      put({ ticketTypes: types.with(i, { ...type, label: e.currentTarget.value }) })
                    }
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key: category, label }) => (
              <tr key={category}>
                <th scope="row">{label}</th>
                {types.map((type) => (
                  <td key={type.id}>
                    <PriceInput
                      label={`${label}, ${type.label}, ${pricing.currency}`}
                      path={`pricing.prices.${category}.${type.id}`}
                      step={10 ** -digits}
                      value={inMajor(pricing.prices[category]?.[type.id], digits)}
                      set={(typed) => setPrice(category, type.id, typed)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {types.length < TYPES_MAX && (
        <button
          type="button"
          class="link-button"
          onClick={() => put({ ticketTypes: [...types, { id: typeId("type", types.length), label: "" }] })}
        >
          Add a ticket type
        </button>
      )}
      {fees.map((fee, i) => (
        <FeeRow
          key={fee.code}
          fee={fee}
          digits={digits}
          currency={pricing.currency}
          set={(part) => setFee(i, part)}
          drop={() => put({ fees: fees.toSpliced(i, 1) })}
        />
      ))}
      {fees.length < FEES_MAX && (
        <button
          type="button"
          class="link-button"
          onClick={() =>
            put({ fees: [...fees, { code: freeCode(fees), label: "", per: "ticket", amount: 0 }] })
          }
        >
          Add a fee
        </button>
      )}
      <TaxRow pricing={pricing} put={put} />
    </Saving>
  );
}

function inMajor(amount: number | undefined, digits: number): number | string {
  return amount === undefined ? "" : amount / 10 ** digits;
}

function freeCode(fees: Fee[]): string {
  let n = fees.length + 1;
  while (fees.some(({ code }) => code === `fee-${n}`)) n++;
  return `fee-${n}`;
}

function FeeRow(props: {
  fee: Fee;
  digits: number;
  currency: string;
  set: (part: Partial<Fee>) => void;
  drop: () => void;
}) {
  const { fee, digits, set } = props;
  const share = fee.basisPoints != null;
  const kind = share ? "share" : fee.per;
  const value = share ? (fee.basisPoints as number) / PER_CENT : (fee.amount ?? 0) / 10 ** digits;
  const setKind = (now: string) =>
    now === "share"
      ? set({ per: "ticket", basisPoints: 0, amount: null })
      : set({ per: now as Fee["per"], amount: 0, basisPoints: null });
  const setValue = (typed: string) =>
    set(share ? { basisPoints: minorUnits(typed, 2) } : { amount: minorUnits(typed, digits) });
  return (
    <div class="organizer-grid">
      <Input label="Fee" value={fee.label} set={(label) => set({ label })} more={{ maxLength: 80 }} />
      <label class="field">
        <span>How it is taken</span>
        <select class="input" value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
          <option value="ticket">per ticket</option>
          <option value="order">per order</option>
          <option value="share">% of the face value</option>
        </select>
      </label>
      <Input
        label={share ? "Per cent" : props.currency}
        type="number"
        value={String(value)}
        set={setValue}
        more={{ min: 0, step: share ? 0.01 : 10 ** -digits }}
      />
      <button type="button" class="link-button" onClick={props.drop}>
        Remove {fee.label || "this fee"}
      </button>
    </div>
  );
}

function TaxRow({ pricing, put }: { pricing: Pricing; put: (part: Partial<Pricing>) => void }) {
  const tax = pricing.tax;
  if (!tax) {
    const added = { label: "VAT", basisPoints: 0, included: true };
    return (
      <button type="button" class="link-button" onClick={() => put({ tax: added })}>
        Add a tax
      </button>
    );
  }
  return (
    <div class="organizer-grid">
      <Input label="Tax" value={tax.label} set={(label) => put({ tax: { ...tax, label } })} />
      <Input
        label="Per cent of tax"
        type="number"
        value={String(tax.basisPoints / PER_CENT)}
        set={(typed) => put({ tax: { ...tax, basisPoints: minorUnits(typed, 2) } })}
        more={{ min: 0, max: 100, step: 0.01 }}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={tax.included}
          onChange={(e) => put({ tax: { ...tax, included: e.currentTarget.checked } })}
        />
        Within the prices
      </label>
      <button type="button" class="link-button" onClick={() => put({ tax: null })}>
        Remove the tax
      </button>
    </div>
  );
}
