// <body data-island="keys">: shortcuts are declared where they act. data-key="d" on a button or link presses it, on a box ticks it; "g h" is
// two keys in turn; "Ctrl+Enter" works inside fields as well, single letters only outside. In [data-key-list], J and K
// move along [data-key-row], Enter opens its first link, X ticks its box. "?" shows the list of all keys on the page.
import type { Stop } from "../island";

const OFF = "keys=off";
const GAP = 900;

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)
      || (target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit)$/.test(target.type)));
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + key;
}

function visible(element: HTMLElement): boolean {
  return element.getClientRects().length > 0 && element.getAttribute("aria-disabled") !== "true";
}

function press(element: HTMLElement): void {
  if (element.matches("input, select, textarea")) {
    element.focus();
    if (element instanceof HTMLInputElement && element.type === "checkbox") element.click();
    else if (element instanceof HTMLInputElement) element.select();
  } else {
    element.click();
  }
}

function move(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-key-list] [data-key-row]")].filter(visible);
  if (rows.length === 0) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement) || row.getAttribute("aria-selected") === "true");
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  if (!next) return;
  rows.forEach((row) => row.toggleAttribute("aria-current", row === next));
  const link = next.querySelector<HTMLElement>("a[href]") ?? next;
  link.focus();
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("row-chosen", { bubbles: true }));
}

function showHelp(): void {
  const box = document.getElementById("keys-help");
  const list = box?.querySelector("[data-keys]");
  if (!(box instanceof HTMLDialogElement) || !list) return;
  list.replaceChildren(...[...document.querySelectorAll<HTMLElement>("[data-key]")].filter(visible).map((element) => {
    const row = document.createElement("li");
    const key = Object.assign(document.createElement("kbd"), { className: "kbd", textContent: element.dataset["key"] ?? "" });
    const what = element.dataset["keyLabel"] ?? element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
    row.append(key, what.replace(/\s+/g, " "));
    return row;
  }));
  box.showModal();
}

export function keys(_root: HTMLElement): Stop {
  if (document.cookie.includes(OFF)) return () => undefined;
  let before = "";
  let since = 0;

  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const key = nameOf(event);
    const plain = !/^(Ctrl|Alt)\+|^F\d/.test(key);
    if (plain && typing(event.target)) {
      if (event.key === "Escape") (event.target as HTMLElement).blur();
      return;
    }
    const pair = event.timeStamp - since < GAP ? `${before} ${key}` : "";
    const all = [...document.querySelectorAll<HTMLElement>("[data-key]")].filter(visible);
    const found = all.find((element) => element.dataset["key"]?.toLowerCase() === (pair || key).toLowerCase())
      ?? all.find((element) => element.dataset["key"]?.toLowerCase() === key.toLowerCase());
    before = key;
    since = event.timeStamp;
    if (found) { event.preventDefault(); press(found); return; }
    if (key === "j" || key === "k") { event.preventDefault(); move(key === "j" ? 1 : -1); }
    else if (key === "x") {
      const row = document.activeElement?.closest("[data-key-row]") ?? document.querySelector("[data-key-row][aria-current]");
      row?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
    } else if (key === "?") { event.preventDefault(); showHelp(); }
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
