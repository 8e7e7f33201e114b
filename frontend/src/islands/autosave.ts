// <form data-island="autosave" data-url="…" data-draft="key">: 1.5 s after a change the changed fields are posted
// (form-encoded, with the CSRF token; 2xx means kept). Each change is first kept on the device, and goes to the server
// when there is a network again. The element [data-savestate] says which of the two is true, with the time.
import { csrf, say } from "../island";
import type { Stop } from "../island";
import { keep, sent, unsent } from "./drafts";
import type { Unsent } from "./drafts";

const DELAY = 1500;
const WORDS = {
  saving: "Đang lưu…",
  saved: "Đã lưu nháp lúc {time}",
  offline: "Chưa có mạng – đã lưu trên máy này",
  failed: "Chưa lưu được – sẽ thử lại",
};
type Kind = keyof typeof WORDS;

function clock(): string {
  return new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
}

function valuesOf(form: HTMLFormElement, name: string): string[] {
  return new FormData(form).getAll(name).filter((value): value is string => typeof value === "string");
}

/** Puts answers the server never got back into their fields, so that the page shows what will be sent. */
function putBack(form: HTMLFormElement, row: Unsent): void {
  for (const field of form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(row.name)}"]`)) {
    if (/^(checkbox|radio)$/.test(field.type)) field.checked = row.values.includes(field.value);
    else if (field.type !== "file") field.value = row.values[0] ?? "";
  }
}

/** The page knows of its own saving; when somebody else saved in between, it stays behind and is told so in the end. */
function follow(form: HTMLFormElement, revision: string | null): void {
  const opened = form.querySelector<HTMLInputElement>("input[name=revision]");
  if (opened && revision && Number(revision) === Number(opened.value) + 1) opened.value = revision;
}

async function post(row: Unsent): Promise<string | null> {
  const body = new URLSearchParams(row.values.map((value) => [row.name, value]));
  body.append("_field", row.name);
  const answer = await fetch(row.url, {
    method: "POST", body, credentials: "same-origin", keepalive: true,
    headers: { "X-CSRFToken": csrf(), "X-Requested-With": "autosave" },
  });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status)); // led to the sign-in page: nothing is kept
  return answer.headers.get("Draft-Revision");
}

export function autosave(root: HTMLElement): Stop {
  const form = root as HTMLFormElement;
  const url = form.dataset["url"] ?? form.action;
  const key = form.dataset["draft"] ?? url;
  const changed = new Set<string>();
  let timer = 0;
  let last: Kind | "" = "";

  const show = (kind: Kind): void => {
    const sentence = WORDS[kind].replace("{time}", clock());
    document.querySelectorAll<HTMLElement>("[data-savestate]").forEach((place) => {
      place.dataset["kind"] = kind;
      const words = place.querySelector("[data-words]") ?? place;
      words.textContent = sentence;
    });
    if (kind !== last && kind !== "saving") say(sentence); // heard only when the kind changes
    if (kind !== "saving") last = kind;
  };

  const send = async (rows: Unsent[]): Promise<void> => {
    if (rows.length === 0) return;
    if (!navigator.onLine) { show("offline"); return; }
    show("saving");
    try {
      for (const row of rows) { follow(form, await post(row)); await sent(row); }
      show("saved");
    } catch (error) {
      show(error instanceof TypeError ? "offline" : "failed");
    }
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    const rows = [...changed].map((name): Unsent => (
      { key: `${key}#${name}`, form: key, url, name, values: valuesOf(form, name), at: Date.now() }));
    changed.clear();
    await Promise.all(rows.map((row) => keep(row).catch(() => undefined)));
    await send(rows);
  };

  const note = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    if (!field.name || field.type === "file" || field.type === "password" || field.dataset["autosave"] === "off") return;
    changed.add(field.name);
    clearTimeout(timer);
    timer = window.setTimeout(() => void flush(), DELAY);
  };
  const replay = (): void => { void unsent(key).then((rows) => { rows.forEach((row) => putBack(form, row)); return send(rows); }).catch(() => undefined); };
  const leave = (): void => { if (document.visibilityState === "hidden" && changed.size > 0) void flush(); };

  form.addEventListener("input", note);
  form.addEventListener("change", note);
  window.addEventListener("online", replay);
  document.addEventListener("visibilitychange", leave);
  replay();
  return () => {
    if (changed.size > 0) void flush();
    window.removeEventListener("online", replay);
    document.removeEventListener("visibilitychange", leave);
  };
}
