// After the bundle: the service worker, in one file with what it shares with the pages, gets the build's name, so that
// a new build makes a new cache.
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "vite";

const dist = "../src/tinhso/kernel/ui/static/dist";
const [bundle] = await build({
  configFile: false, logLevel: "warn", publicDir: false,
  build: { write: false, minify: false, target: "es2022", lib: { entry: "src/sw.js", formats: ["iife"], name: "worker" } },
});
const worker = bundle.output[0].code;
const name = createHash("sha256").update(readFileSync(`${dist}/manifest.json`)).update(worker).digest("hex").slice(0, 12);
writeFileSync(`${dist}/sw.js`, worker.replaceAll("__BUILD__", name));
copyFileSync("src/art/mark.svg", `${dist}/mark.svg`);
