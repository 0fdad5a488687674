import type { House } from "../api/types";

const KINDS = ["available", "held", "sold", "blocked", "capacity"] as const;

/** How every section stands: what is available, held, sold and kept out of the sale is its capacity. */
export function HouseCounts({ house }: { house: House }) {
  const all = Object.fromEntries(
    KINDS.map((kind) => [kind, house.sections.reduce((sum, section) => sum + section[kind], 0)]),
  );
  return (
    <section class="stack" aria-labelledby="counts-title">
      <h2 id="counts-title">Section by section</h2>
      <div class="organizer-table">
        <table>
          <thead>
            <tr>
              <th scope="col">Section</th>
              <th scope="col">Free</th>
              <th scope="col">Held</th>
              <th scope="col">Sold</th>
              <th scope="col">House</th>
              <th scope="col">All</th>
            </tr>
          </thead>
          <tbody>
            {house.sections.map((section) => (
              <tr key={section.section}>
                <th scope="row">{section.label}</th>
                {KINDS.map((kind) => (
                  <td key={kind} class="numbers">
                    {section[kind].toLocaleString()}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">The house</th>
              {KINDS.map((kind) => (
                <td key={kind} class="numbers">
                  {all[kind]?.toLocaleString()}
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  );
}
