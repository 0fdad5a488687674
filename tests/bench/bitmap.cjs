// How long the web client's own class takes to test so many random seats of a snapshot: node bitmap.cjs FILE SEATS
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const typescript = require(require.resolve("typescript", { paths: [process.cwd()] }));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bitmap-"));
const options = { compilerOptions: { module: typescript.ModuleKind.CommonJS, target: typescript.ScriptTarget.ES2022 } };
for (const name of ["availability", "plan", "outline"]) {
  const source = fs.readFileSync(path.join(process.cwd(), `src/map/${name}.ts`), "utf8");
  fs.writeFileSync(path.join(folder, `${name}.js`), typescript.transpileModule(source, options).outputText);
}
const { FreeSeats } = require(path.join(folder, "availability.js"));
fs.rmSync(folder, { recursive: true });

const [file, seats] = [process.argv[2], Number(process.argv[3])];
const snapshot = JSON.parse(fs.readFileSync(file, "utf8"));
const free = FreeSeats.of(snapshot);
const all = snapshot.sectionPricing.reduce((sum, { seatCount }) => sum + seatCount, 0);
const wanted = Array.from({ length: seats }, () => Math.floor(Math.random() * all));
const took = Array.from({ length: 51 }, () => {
  const began = performance.now();
  let found = 0;
  for (const seat of wanted) if (free.has(seat)) found++;
  return { ms: performance.now() - began, found };
});
took.sort((a, b) => a.ms - b.ms);
console.log(JSON.stringify({ ms: Number(took[25].ms.toFixed(4)), found: took[25].found }));
