// verif_folder.mjs PAGE FOLDER
//
// What the checking half of verif.html says of all files in a folder, ESSAI accepted: good, reserve or refused.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { dirname, join } from "node:path";

globalThis.crypto ??= webcrypto;
const [page, folder] = process.argv.slice(2);
const core = /<script id="core">([\s\S]*?)<\/script>/.exec(readFileSync(page, "utf8"))[1];
const Verif = new Function(`${core}; return Verif;`)();

function filesIn(place, found = new Map()) {
  for (const name of readdirSync(place)) {
    const path = join(place, name);
    if (statSync(path).isDirectory()) filesIn(path, found);
    else found.set(path.slice(folder.length + 1), new Uint8Array(readFileSync(path)));
  }
  return found;
}
const root = await Verif.openRoot(readFileSync(join(dirname(page), "racine.pem"), "utf8"));
console.log((await Verif.check(filesIn(folder), root, { demo: true })).worth);
