// verif.mjs PAGE STICK [LISTS]
//
// Runs the checking half of verif.html as a browser would, over the files of a stick with ESSAI certificates: what is true
// passes, and what was changed does not. LISTS: a folder with a list of lost sticks, that names this one. The last line says how many were asked and how many disagreed.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { join } from "node:path";

globalThis.crypto ??= webcrypto;
const [page, stick, listFolder] = process.argv.slice(2);
const html = readFileSync(page, "utf8");
const core = /<script id="core">([\s\S]*?)<\/script>/.exec(html)[1];
const Verif = new Function(`${core}; return Verif;`)();

function filesIn(folder, found = new Map()) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) filesIn(path, found);
    else found.set(path.slice(stick.length + 1), new Uint8Array(readFileSync(path)));
  }
  return found;
}
const files = new Map([...filesIn(join(stick, "CERTIFICATS")), ...filesIn(join(stick, "REGISTRE"))]);
const root = await Verif.openRoot(readFileSync(join(stick, "VERIFIER/racine.pem"), "utf8"));
const pathOf = (ending) => [...files.keys()].find((path) => path.endsWith(ending));
const json = pathOf(".json");
const pdf = pathOf(".pdf");
const ledger = pathOf("registre-07.txt");

let asked = 0;
let wrong = 0;
function say(what, is) {
  ++asked;
  if (is) return;
  ++wrong;
  console.log(`disagrees: ${what}`);
}
async function worth(changed, options = { demo: true }) {
  return (await Verif.check(changed, root, options)).worth;
}
function replaced(path, bytes) {
  const changed = new Map(files);
  changed.set(path, bytes);
  return changed;
}
// The same bits in each run, spread over the file.
function* bitsOf(size, count) {
  let state = 88172645463325252n;
  for (let i = 0; i < count; ++i) {
    state ^= (state << 13n) & 0xffffffffffffffffn;
    state ^= state >> 7n;
    state ^= (state << 17n) & 0xffffffffffffffffn;
    yield Number(state % BigInt(size * 8));
  }
}

say("a true stick is good", (await worth(files)) === "good");
say("an ESSAI is refused unless asked for", (await worth(files, {})) === "refused");
for (const [path, count] of [[pdf, 400], [json, 150], [json + ".p7s", 847 * 8], [ledger, 150]]) {
  const whole = files.get(path);
  const bits = count >= whole.length * 8 ? [...Array(whole.length * 8).keys()] : bitsOf(whole.length, count);
  for (const bit of bits) {
    const flipped = whole.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    const alone = new Map([...files].filter(([each]) => each === path || each === json));
    alone.set(path, flipped);
    if (path !== ledger && path !== pdf) for (const each of [json, json + ".p7s"]) if (each !== path) alone.set(each, files.get(each));
    if (path === pdf) alone.delete(json);
    if (path === ledger) alone.delete(json);
    say(`bit ${bit} of ${path} is free`, (await worth(alone)) === "refused");
  }
}
const longer = new Uint8Array(files.get(pdf).length + 1);
longer.set(files.get(pdf));
say("something behind a PDF is refused", (await worth(replaced(pdf, longer))) === "refused");
const lines = new TextDecoder().decode(files.get(ledger)).trimEnd().split("\n");
const cut = (left) => new TextEncoder().encode(left.join("\n") + "\n");
for (let i = 0; i + 1 < lines.length; ++i)
  say(`line ${i + 1} taken out`, (await worth(replaced(ledger, cut(lines.filter((_, at) => at !== i))))) === "refused");
const bis = ledger.replace(/txt$/, "bis");
const shorter = replaced(ledger, cut(lines.slice(0, -2)));
shorter.set(bis, cut(lines.slice(0, -2)));
say("a cut tail with its certificate beside it", (await worth(shorter)) === "refused");
const without = new Map([...files].filter(([path]) => !path.startsWith("CERTIFICATS")));
say("certificates that were taken away", (await worth(without)) === "reserve");
const renamed = new Map([[json.replace("DEF-04217-8", "DEF-00042-0"), files.get(json)], [json.replace("DEF-04217-8", "DEF-00042-0") + ".p7s", files.get(json + ".p7s")]]);
say("another machine's name on it", (await worth(renamed)) === "refused");

const head = async (rank) => Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines[rank - 1]))).toString("hex");
const witness = async (rank, hash) => ({ demo: true, heads: Verif.openHeads(`${rank}:${hash}`) });
say("a line that was written down", (await worth(files, await witness(lines.length, await head(lines.length)))) === "good");
say("another line at its rank", (await worth(files, await witness(1, await head(2)))) === "refused");
say("a tail that was cut, known by its hash alone", (await worth(files, await witness(lines.length + 1, await head(1)))) === "refused");
for (const words of ["12", "0:" + "a".repeat(64), "1:" + "a".repeat(63), "1:" + "g".repeat(64)]) {
  let is = true;
  try {
    is = Verif.openHeads(words) === undefined;
  } catch {
    is = false;
  }
  say(`no line is written ${words}`, !is);
}

if (listFolder) {
  const lists = new Map(readdirSync(listFolder).map((name) => [`VERIFIER/${name}`, new Uint8Array(readFileSync(join(listFolder, name)))]));
  const list = [...lists.keys()].find((path) => path.endsWith(".json"));
  const lost = new Map([...files, ...lists]);
  say("a lost stick, within its good lines", (await worth(lost)) === "good");
  const alone = new Map([...lost].filter(([path]) => !path.startsWith("REGISTRE")));
  say("the same without its ledger", (await worth(alone)) === "reserve");
  for (const path of lists.keys())
    for (const bit of bitsOf(lists.get(path).length, 300)) {
      const flipped = lists.get(path).slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      const changed = new Map(lost);
      changed.set(path, flipped);
      say(`bit ${bit} of ${path} is free`, (await worth(changed)) === "refused");
    }
  const unsigned = new Map(lost);
  unsigned.delete(list + ".p7s");
  say("a list that nobody signed", (await worth(unsigned)) === "refused");
}

console.log(`${asked} asked, ${wrong} disagree`);
process.exit(wrong === 0 ? 0 : 1);
