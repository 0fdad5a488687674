import type { Category } from "../api/types";
import { type Draft, fractionDigits, typeId } from "./draft";
import { PriceInput } from "./PriceInput";

const CURRENCIES = ["EUR", "GBP", "USD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CAD", "AUD"];
const TYPES_MAX = 20;

/** A face value for every category of the chart and every type of ticket. */
export function PriceStep(props: {
  categories: Category[];
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}) {
  const { categories, draft, change } = props;
  const step = 10 ** -fractionDigits(draft.currency);
  const setType = (i: number, label: string) => change({ types: draft.types.with(i, label) });
  const setPrice = (key: string, i: number, price: string) => {
    const row = [...(draft.prices[key] ?? [])];
    row[i] = price;
    change({ prices: { ...draft.prices, [key]: row } });
  };
  const drop = (i: number) =>
    change({
      types: draft.types.toSpliced(i, 1),
      prices: Object.fromEntries(
        Object.entries(draft.prices).map(([key, row]) => [key, row.toSpliced(i, 1)]),
      ),
    });
  return (
    <section class="card stack" aria-labelledby="price-step">
      <h2 id="price-step">3. Prices</h2>
      <div class="organizer-grid">
        <label class="field">
          <span>Currency</span>
          <select
            class="input"
            value={draft.currency}
            onChange={(e) => change({ currency: e.currentTarget.value })}
          >
            {CURRENCIES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <Percent
          label="Booking fee, % of face value"
          value={draft.feePercent}
          set={(feePercent) => change({ feePercent })}
        />
        <Percent
          label="Tax within, %"
          value={draft.taxPercent}
          set={(taxPercent) => change({ taxPercent })}
        />
      </div>
      <div class="organizer-table">
        <table>
          <thead>
            <tr>
              <th scope="col">Category</th>
              {draft.types.map((label, i) => (
                <th scope="col" key={i}>
                  <input
                    class="input"
                    required
                    maxLength={80}
                    aria-label={`Ticket type ${i + 1}`}
                    value={label}
                    onInput={(e) => setType(i, e.currentTarget.value)}
                  />
                  {draft.types.length > 1 && (
                    <button type="button" class="link-button small" onClick={() => drop(i)}>
                      Remove
                    </button>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {categories.map((category) => (
              <tr key={category.key}>
                <th scope="row">
                  <span class="swatch" style={{ background: category.color }} aria-hidden="true" />
                  {category.label}
                </th>
                {draft.types.map((label, i) => (
                  <td key={i}>
                    <PriceInput
                      label={`${category.label}, ${label}, ${draft.currency}`}
                      path={`pricing.prices.${category.key}.${typeId(label, i)}`}
                      step={step}
                      value={draft.prices[category.key]?.[i] ?? ""}
                      set={(price) => setPrice(category.key, i, price)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {draft.types.length < TYPES_MAX && (
        <button type="button" class="link-button" onClick={() => change({ types: [...draft.types, ""] })}>
          Add a ticket type
        </button>
      )}
    </section>
  );
}

function Percent({ label, value, set }: { label: string; value: string; set: (value: string) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input numbers"
        type="number"
        required
        min={0}
        max={100}
        step={0.01}
        value={value}
        onInput={(e) => set(e.currentTarget.value)}
      />
    </label>
  );
}
