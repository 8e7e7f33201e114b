// After the bundle: the service worker gets the build's name, so that a new build makes a new cache.
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

const dist = "../src/tinhso/kernel/ui/static/dist";
const manifest = readFileSync(`${dist}/manifest.json`, "utf8");
const build = createHash("sha256").update(manifest).digest("hex").slice(0, 12);
const worker = readFileSync("src/sw.js", "utf8");
writeFileSync(`${dist}/sw.js`, worker.replaceAll("__BUILD__", build));
copyFileSync("src/art/mark.svg", `${dist}/mark.svg`);
