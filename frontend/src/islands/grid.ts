// <table data-island="grid" data-url="…" data-draft="key"> of rows [data-row][data-revision] with [data-input] fields.
// Moving: arrows go to the next cell, Enter edits, Enter or Tab keeps (Enter goes on to the next criterion), Escape brings
// back what was there, Ctrl+↓ finds the next criterion that is not done; typing over a cell replaces it, in a list a
// letter chooses and Space opens it. Each criterion is saved by itself as soon as its
// cells are left, first on this device, then on the server; without a network it waits here. When somebody else saved
// the same criterion meanwhile, both values are shown and the person chooses.
import { csrf, say } from "../island";
import type { Stop } from "../island";
import { keep, sent, unsent } from "./drafts";
import type { Unsent } from "./drafts";

type Field = HTMLInputElement | HTMLSelectElement;
interface Answer { revision?: number; points?: string; total?: string; filled?: number; optional?: number; inputs?: Record<string, string>; cells?: Record<string, string>; message?: string; field?: string; warnings?: string[] }

const WORDS = {
  saving: "Đang lưu", saved: "Đã lưu", offline: "Chưa có mạng, giữ trên máy này", failed: "Chưa lưu được, sẽ thử lại",
};
const MINE = "Giữ số của tôi", THEIRS = "Lấy số vừa lưu";

const rowOf = (field: Element): HTMLElement | null => field.closest<HTMLElement>("[data-row]");
const fieldsOf = (row: Element): Field[] => [...row.querySelectorAll<Field>("[data-input]")];
const isEmpty = (row: Element): boolean => fieldsOf(row).some((field) => field.value.trim() === "" && field.dataset["optional"] === undefined);

export function grid(root: HTMLElement): Stop {
  const url = root.dataset["url"] ?? "";
  const form = root.dataset["draft"] ?? url;
  const before = new WeakMap<Field, string>(); // what a cell held when it was entered
  const busy = new Map<HTMLElement, Promise<void>>();
  const rows = (): HTMLElement[] => [...root.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => fieldsOf(row).length > 0);
  let editing: Field | null = null;

  const show = (row: HTMLElement, kind: keyof typeof WORDS | "wrong", words?: string): void => {
    row.dataset["saved"] = kind;
    const place = row.querySelector<HTMLElement>("[data-state]");
    if (place) place.textContent = words ?? (kind === "wrong" ? "" : WORDS[kind]);
    if (kind !== "saving") say(`${row.dataset["row"] ?? ""}: ${words ?? WORDS[kind as keyof typeof WORDS]}`);
  };

  const headed = (answer: Answer): void => {
    const head = document.querySelector("[data-score-head]");
    const total = head?.querySelector("[data-total]"), filled = head?.querySelector("[data-filled]");
    if (total && answer.total !== undefined) total.textContent = answer.total;
    const optional = head?.querySelector("[data-filled-optional]");
    if (filled && answer.filled !== undefined) filled.textContent = String(answer.filled);
    if (optional && answer.optional !== undefined) optional.textContent = String(answer.optional);
  };

  // Checks that do not hold now, over the whole sheet: said above the grid, and heard.
  const warn = (words?: string[]): void => {
    const place = document.querySelector<HTMLElement>("[data-grid-warnings]"), text = place?.querySelector("[data-words]");
    if (!place || !text || words === undefined) return;
    text.textContent = words.join("; ");
    place.hidden = words.length === 0;
  };

  const take = (row: HTMLElement, answer: Answer): void => {
    row.dataset["revision"] = String(answer.revision ?? row.dataset["revision"]);
    const points = row.querySelector("[data-points]");
    if (points && answer.points !== undefined) points.textContent = answer.points || "–";
    for (const [key, text] of Object.entries(answer.cells ?? {})) {
      const cell = root.querySelector(`[data-cell="${CSS.escape(key)}"]`); // what formulas make of it elsewhere
      if (cell) cell.textContent = text;
    }
    row.classList.toggle("is-open", isEmpty(row));
    headed(answer);
    warn(answer.warnings);
  };

  const choose = (row: HTMLElement, answer: Answer, mine: string[]): void => {
    const theirs = fieldsOf(row).map((field) => answer.inputs?.[field.dataset["input"] ?? ""] ?? "");
    show(row, "wrong", `${answer.message ?? ""} ${theirs.join(" / ")}`);
    const place = row.querySelector("[data-state]");
    const button = (words: string, values: string[], again: boolean): HTMLButtonElement => {
      const one = Object.assign(document.createElement("button"), { type: "button", className: "button secondary compact", textContent: words });
      one.addEventListener("click", () => {
        row.dataset["revision"] = String(answer.revision ?? 0);
        fieldsOf(row).forEach((field, n) => { field.value = values[n] ?? ""; });
        if (again) void save(row); else { show(row, "saved"); window.location.reload(); }
      });
      return one;
    };
    place?.append(button(THEIRS, theirs, false), button(MINE, mine, true));
  };

  const post = async (kept: Unsent, row: HTMLElement): Promise<void> => {
    const names = fieldsOf(row).map((field) => field.dataset["input"] ?? "");
    const body = new URLSearchParams({ criterion: kept.name, revision: row.dataset["revision"] ?? "" });
    names.forEach((name, n) => body.append(`in-${name}`, kept.values[n] ?? ""));
    let answer: Response;
    try {
      answer = await fetch(url, {
        method: "POST", body, credentials: "same-origin", keepalive: true,
        headers: { "X-CSRFToken": csrf(), "X-Requested-With": "grid" },
      });
    } catch {
      show(row, "offline");
      return;
    }
    if (answer.status >= 500 || answer.redirected || [403, 429].includes(answer.status)) { show(row, "failed"); return; }
    const said = (await answer.json().catch(() => ({}))) as Answer;
    await sent(kept).catch(() => undefined); // refused for good or taken: nothing is left to send
    if (answer.ok) { take(row, said); show(row, "saved"); return; }
    if (answer.status === 409 && said.inputs) { choose(row, said, kept.values); return; }
    const wrong = fieldsOf(row).find((field) => field.dataset["input"] === said.field);
    wrong?.setAttribute("aria-invalid", "true");
    show(row, "wrong", said.message ?? WORDS.failed);
  };

  const save = async (row: HTMLElement): Promise<void> => {
    const values = fieldsOf(row).map((field) => field.value);
    fieldsOf(row).forEach((field) => { field.removeAttribute("aria-invalid"); before.set(field, field.value); });
    const name = row.dataset["row"] ?? "";
    const kept: Unsent = { key: `${form}#${name}`, form, url, name, values, at: Date.now() };
    await keep(kept).catch(() => undefined);
    if (!navigator.onLine) { show(row, "offline"); return; }
    show(row, "saving");
    const turn = (busy.get(row) ?? Promise.resolve()).then(() => post(kept, row)); // one after the other: revisions
    busy.set(row, turn);
    await turn;
  };

  const changed = (row: HTMLElement): boolean => fieldsOf(row).some((field) => (before.get(field) ?? "") !== field.value);

  const go = (field: Field | undefined): void => {
    if (!field) return;
    field.focus();
    if (field instanceof HTMLInputElement) field.select();
    field.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const beside = (field: Field, step: number): Field | undefined => {
    const all = rows().flatMap(fieldsOf);
    return all[all.indexOf(field) + step];
  };
  const below = (field: Field, step: number): Field | undefined => {
    const row = rowOf(field), all = rows();
    const next = row ? all[all.indexOf(row) + step] : undefined;
    if (!row || !next) return undefined;
    const own = fieldsOf(next);
    return own[Math.min(fieldsOf(row).indexOf(field), own.length - 1)];
  };
  const following = (row: HTMLElement): Field | undefined => {
    const all = rows(), next = all[all.indexOf(row) + 1];
    return next && (fieldsOf(next).find((one) => one.value === "") ?? fieldsOf(next)[0]);
  };
  const unfinished = (field: Field): Field | undefined => {
    const all = rows(), from = all.indexOf(rowOf(field) as HTMLElement);
    const next = [...all.slice(from + 1), ...all.slice(0, from)].find(isEmpty);
    return next && (fieldsOf(next).find((one) => one.value.trim() === "") ?? fieldsOf(next)[0]);
  };

  const mode = (field: Field, on: boolean): void => {
    editing = on ? field : null;
    field.classList.toggle("editing", on);
  };
  const leave = (row: HTMLElement): void => { if (changed(row)) void save(row); };
  const enter = (event: FocusEvent): void => {
    const field = event.target as Field;
    if (!field.dataset["input"]) return;
    const row = rowOf(field);
    if (row && !fieldsOf(row).includes(event.relatedTarget as Field)) fieldsOf(row).forEach((one) => before.set(one, one.value));
    editing = null;
  };
  const out = (event: FocusEvent): void => {
    const row = rowOf(event.target as Element);
    if (row && !row.contains(event.relatedTarget as Node | null)) leave(row);
    mode(event.target as Field, false);
  };
  const key = (event: KeyboardEvent): void => {
    const field = event.target as Field;
    if (!field.dataset["input"] || event.isComposing || event.altKey || event.metaKey) return;
    const isEditing = editing === field;
    const choice = field instanceof HTMLSelectElement;
    const steps: Record<string, () => Field | undefined> = {
      ArrowUp: () => below(field, -1), ArrowDown: () => below(field, 1), ArrowLeft: () => beside(field, -1), ArrowRight: () => beside(field, 1),
    };
    if (event.ctrlKey) {
      if (event.key === "ArrowDown") { event.preventDefault(); go(unfinished(field)); }
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      field.value = before.get(field) ?? field.value;
      mode(field, false);
      if (field instanceof HTMLInputElement) field.select();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const row = rowOf(field);
      const untouched = row !== null && !changed(row);
      if (!choice && !isEditing && untouched && field.value !== "") {
        mode(field, true);
        if (field instanceof HTMLInputElement) field.setSelectionRange(field.value.length, field.value.length);
      } else {
        mode(field, false);
        const inRow = row ? fieldsOf(row) : [];
        const next = inRow[inRow.indexOf(field) + 1];
        if (next && next.value === "") go(next); else if (row) { leave(row); go(following(row)); }
      }
    } else if (event.key in steps && !isEditing && !(choice && /Up|Down/.test(event.key) && event.shiftKey)) {
      event.preventDefault();
      go(steps[event.key]?.());
    } else if (event.key.length === 1 && !choice) {
      mode(field, true);
    }
  };
  const pick = (event: Event): void => {
    const field = event.target as Field;
    const row = rowOf(field);
    if (field instanceof HTMLSelectElement && field.dataset["input"] && row && !isEmpty(row)) leave(row);
  };

  const replay = async (): Promise<void> => {
    for (const kept of await unsent(form)) {
      const row = root.querySelector<HTMLElement>(`[data-row="${CSS.escape(kept.name)}"]`);
      if (!row || fieldsOf(row).length === 0) continue;
      fieldsOf(row).forEach((field, n) => { field.value = kept.values[n] ?? ""; before.set(field, field.value); });
      if (navigator.onLine) { show(row, "saving"); await post(kept, row); } else show(row, "offline");
    }
  };
  const back = (): void => { void replay().catch(() => undefined); };
  const hide = (): void => { if (document.visibilityState === "hidden") rows().filter(changed).forEach((row) => void save(row)); };

  root.addEventListener("focusin", enter);
  root.addEventListener("focusout", out);
  root.addEventListener("keydown", key);
  root.addEventListener("change", pick);
  window.addEventListener("online", back);
  document.addEventListener("visibilitychange", hide);
  rows().flatMap(fieldsOf).forEach((field) => before.set(field, field.value));
  back();
  return () => {
    window.removeEventListener("online", back);
    document.removeEventListener("visibilitychange", hide);
  };
}
