// Small programs attached to marked elements. An island is started when its element appears (on load or in a part that
// htmx brought) and ended when the element is gone; whatever it set up outside its element it undoes in `stop`.

export type Stop = () => void;
export type Island = (root: HTMLElement) => Stop | void;

const known = new Map<string, Island>();
const running = new Map<HTMLElement, Stop[]>();

export function declare(name: string, island: Island): void {
  known.set(name, island);
}

function start(root: HTMLElement): void {
  if (running.has(root)) return;
  const stops: Stop[] = [];
  running.set(root, stops);
  for (const name of (root.dataset["island"] ?? "").split(/\s+/)) {
    try {
      const stop = known.get(name)?.(root);
      if (stop) stops.push(stop);
    } catch (error) {
      console.error(`island ${name}`, error); // one broken island must not take the page with it
    }
  }
}

function refresh(): void {
  for (const [root, stops] of running) {
    if (root.isConnected) continue;
    stops.forEach((stop) => stop());
    running.delete(root);
  }
  document.querySelectorAll<HTMLElement>("[data-island]").forEach(start);
}

export function run(): void {
  document.documentElement.classList.add("has-script");
  refresh();
  document.addEventListener("htmx:after:swap", refresh);
  document.addEventListener("htmx:after:settle", refresh);
}

/** Says a sentence to people who listen to the page; the same sentence twice is said once. */
export function say(sentence: string): void {
  const region = document.getElementById("live");
  if (region && region.textContent !== sentence) region.textContent = sentence;
}

export function csrf(): string {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
    ?? document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** A word of the interface: pages carry the translated ones as data attributes, scripts know the Vietnamese. */
export function word(root: HTMLElement, name: string, otherwise: string): string {
  return root.dataset[name] ?? otherwise;
}
