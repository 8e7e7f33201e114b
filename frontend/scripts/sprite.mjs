// Writes one SVG sprite of only the icons named in icons.txt. An unknown name stops the build.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const names = readFileSync("icons.txt", "utf8").split("\n").map((line) => line.trim()).filter(Boolean);
const DRAWN = 'fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"';

function symbol(name) {
  const svg = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
  const shapes = svg.replace(/<!--[\s\S]*?-->/, "").replace(/^\s*<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" ${DRAWN}>${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
}

mkdirSync("src/generated", { recursive: true });
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${[...new Set(names)].sort().map(symbol).join("")}</svg>\n`;
writeFileSync("src/generated/icons.svg", sprite);
