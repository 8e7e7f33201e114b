// The counter clerk's screen. Number keys tick [data-paper="n"]; a scanner's burst of keys ending in Enter goes to
// [data-scan] wherever the focus stands; after each step the focus moves to the next [data-step="1"] that is not filled.
import { say } from "../island";
import type { Stop } from "../island";

const BURST = 35; // ms between keys: people are slower, scanners faster
const SHORTEST = 8;

function filled(field: HTMLElement): boolean {
  if (field instanceof HTMLInputElement && /checkbox|radio/.test(field.type)) return field.checked;
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement
    ? field.value.trim() !== "" : field.dataset["done"] === "1";
}

export function counter(root: HTMLElement): Stop {
  let burst = "";
  let last = 0;

  const next = (): void => {
    const steps = [...root.querySelectorAll<HTMLElement>('[data-step="1"]')].filter((step) => step.getClientRects().length > 0);
    steps.find((step) => !filled(step))?.focus();
  };
  const tick = (digit: string): boolean => {
    const paper = root.querySelector<HTMLInputElement>(`input[data-paper="${digit}"]`);
    if (!paper) return false;
    paper.click();
    say(`${paper.labels?.[0]?.textContent?.trim() ?? ""}: ${paper.checked ? "đã nhận" : "chưa có"}`);
    return true;
  };
  const scanned = (code: string): void => {
    const field = root.querySelector<HTMLInputElement>("[data-scan]");
    if (!field) return;
    field.value = code;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    next();
  };
  const pressed = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const inField = target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
    const quick = event.timeStamp - last < BURST;
    last = event.timeStamp;
    if (event.key === "Enter" && burst.length >= SHORTEST && !inField) {
      event.preventDefault();
      scanned(burst);
      burst = "";
    } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !inField) {
      burst = quick ? burst + event.key : event.key;
      if (/^[1-9]$/.test(event.key) && !quick && tick(event.key)) event.preventDefault();
    }
  };
  const moved = (event: Event): void => {
    if ((event.target as HTMLElement).matches("input[data-scan]")) next();
  };
  document.addEventListener("keydown", pressed);
  root.addEventListener("change", moved);
  // Who goes through a list with the arrow keys chooses at every step: the focus stays until they leave it.
  const isChoosing = document.activeElement instanceof HTMLSelectElement && root.contains(document.activeElement);
  if (!document.querySelector("[data-error-summary]") && !isChoosing) next();
  return () => document.removeEventListener("keydown", pressed);
}
