// The form, the list and the strip of the outbox, and when it is sent. How a page uses them stands in ../outbox.ts.
import { say } from "../island";
import type { Stop } from "../island";
import { claim, deliver, get, list, onChange, postAtOnce, put, remove } from "../outbox";
import type { Filled } from "../outbox";
import { ACCOUNT } from "../signing-out";
import { smaller } from "./picture";

const AGAIN = 60_000; // ms between attempts while something waits
const MEND = "#sua=";
const WORDS = {
  waiting: "Chờ gửi trên máy này", sent: "Đã gửi", refused: "Cần sửa",
  offline: "Chưa có mạng. Đã giữ trên máy này, sẽ tự gửi khi có mạng.", sending: "Đang gửi…",
  unclaimed: "Viết khi chưa đăng nhập.",
  full: "Máy này không còn chỗ để giữ và chưa có mạng. Đừng đóng trang; nhấn gửi lại khi có mạng.",
};
const COLOURS = { waiting: "warn", sent: "ok", refused: "bad" };

/** The mark of who is signed in here. Pages copied for the time without network name nobody: then whoever was last. */
export function account(): string {
  const { account: mark, copy } = document.documentElement.dataset;
  try {
    if (!copy) localStorage.setItem(ACCOUNT, mark ?? "");
    return localStorage.getItem(ACCOUNT) ?? "";
  } catch {
    return mark ?? "";
  }
}

function trySending(): Promise<boolean> {
  return deliver().catch(() => false);
}

/** Sends at once, when the network comes back, when the page is looked at again, and every minute. */
export function keepSending(): void {
  account();
  const idle = window.requestIdleCallback ?? ((run: () => void) => window.setTimeout(run, 300));
  idle(() => void trySending());
  window.addEventListener("online", () => void trySending());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void trySending(); });
  setInterval(() => { if (!document.hidden && navigator.onLine) void trySending(); }, AGAIN);
}

async function askWorkerToSend(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration() as (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined;
  await worker?.sync?.register("outbox").catch(() => undefined);
}

function titleOf(form: HTMLFormElement, data: FormData): string {
  const more = form.dataset["titleFrom"] ? data.get(form.dataset["titleFrom"]) : "";
  return [form.dataset["title"] ?? document.title, typeof more === "string" ? more.trim().slice(0, 80) : ""].filter(Boolean).join(": ");
}

async function filledFrom(form: HTMLFormElement, submitter: HTMLElement | null): Promise<Filled> {
  const data = new FormData(form, submitter);
  const fields: [string, string][] = [];
  const files: [string, File][] = [];
  for (const [name, value] of data) {
    if (name === "csrfmiddlewaretoken") continue;
    if (typeof value === "string") fields.push([name, value]);
    else if (value.size > 0) files.push([name, await smaller(value)]);
  }
  form.dataset["key"] ??= crypto.randomUUID();
  return {
    key: form.dataset["key"], kind: form.dataset["outbox"] ?? "", title: titleOf(form, data), account: account(),
    url: form.action, page: location.pathname + location.search, fields, files,
    state: "waiting", reason: "", answer: "", at: Date.now(), tries: 0,
  };
}

function fillIn(form: HTMLFormElement, filled: Filled): void {
  form.dataset["key"] = filled.key;
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("[name]")) {
    const values = filled.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field instanceof HTMLInputElement && field.type === "file") {
      const carrier = new DataTransfer();
      filled.files.filter(([name]) => name === field.name).forEach(([, file]) => carrier.items.add(file));
      field.files = carrier.files;
    } else if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type)) {
      field.checked = values.includes(field.value);
    } else if (values[0] !== undefined && field.name !== "csrfmiddlewaretoken") {
      field.value = values[0];
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** The place before the form that says what became of it. */
function placeFor(form: HTMLFormElement): HTMLElement {
  const found = form.previousElementSibling;
  if (found instanceof HTMLElement && found.matches("[data-outbox-said]")) return found;
  const place = Object.assign(document.createElement("div"), { tabIndex: -1 });
  place.dataset["outboxSaid"] = "";
  form.before(place);
  return place;
}

function tell(form: HTMLFormElement, sentence: string, kind: "warn" | "danger" | "ok"): HTMLElement {
  const place = placeFor(form);
  place.className = `notice ${kind}`;
  place.textContent = sentence;
  say(sentence);
  return place;
}

export function outboxForm(root: HTMLElement): Stop {
  const form = root as HTMLFormElement;
  let isBusy = false;
  let waiting = ""; // the key of what was kept here last, until it has gone

  const mend = async (): Promise<void> => {
    if (!location.hash.startsWith(MEND)) return;
    const filled = await get(location.hash.slice(MEND.length));
    if (!filled || filled.kind !== form.dataset["outbox"]) return;
    fillIn(form, filled);
    if (filled.reason) tell(form, filled.reason, "danger").focus();
  };
  // What waited went meanwhile: the sentence changes where it stands, whatever the person is typing now.
  const follow = async (): Promise<void> => {
    const key = waiting;
    const one = key ? await get(key) : undefined;
    if (!key || key !== waiting || one?.state === "waiting") return;
    waiting = "";
    if (!one) placeFor(form).remove();
    else if (one.state === "refused") tell(form, one.reason, "danger");
    else tell(form, `${WORDS.sent}. `, "ok").append(Object.assign(document.createElement("a"), { href: one.answer || location.href, textContent: "Xem" }));
  };
  const sendAtOnce = async (filled: Filled): Promise<void> => {
    const said = await postAtOnce(filled).catch(() => undefined);
    if (said?.state === "sent") location.assign(said.answer || location.href);
    else tell(form, said?.reason || WORDS.full, "danger").focus();
  };
  const send = async (filled: Filled): Promise<void> => {
    if (!await put(filled).then(() => true, () => false)) return sendAtOnce(filled);
    if (!await trySending()) await askWorkerToSend();
    const now = await get(filled.key);
    if (!now || now.state === "sent") { location.assign(now?.answer || location.href); return; }
    if (now.state === "refused") { tell(form, now.reason, "danger").focus(); return; }
    form.reset();
    delete form.dataset["key"];
    tell(form, navigator.onLine && now.reason ? now.reason : WORDS.offline, "warn").focus();
    waiting = filled.key;
    void follow();
  };
  const pressed = (event: SubmitEvent): void => {
    if (event.defaultPrevented || !("indexedDB" in window)) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    say(WORDS.sending);
    filledFrom(form, button).then(send).catch(() => form.submit()).finally(() => {
      isBusy = false;
      button?.removeAttribute("aria-disabled");
    });
  };
  const again = (): void => void mend();
  form.addEventListener("submit", pressed);
  window.addEventListener("hashchange", again);
  void mend();
  const stop = onChange(() => void follow());
  return () => { stop(); window.removeEventListener("hashchange", again); };
}

function buttonFor(words: string, press: () => void): HTMLButtonElement {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button secondary compact", textContent: words });
  button.addEventListener("click", press);
  return button;
}

function rowFor(one: Filled): HTMLLIElement {
  const row = document.createElement("li");
  row.dataset["key"] = one.key;
  row.dataset["state"] = one.state;
  const words = Object.assign(document.createElement("div"), { className: "grow stack gap-1" });
  const when = new Date(one.at).toLocaleString("vi-VN", { hour: "2-digit", minute: "2-digit", day: "numeric", month: "numeric" });
  words.append(Object.assign(document.createElement("b"), { textContent: one.title }));
  const isUnclaimed = one.account === "" && account() !== "" && one.state !== "sent";
  words.append(Object.assign(document.createElement("span"), { className: "meta", textContent: [when, one.reason, isUnclaimed ? WORDS.unclaimed : ""].filter(Boolean).join(" · ") }));
  const tag = Object.assign(document.createElement("span"), { className: `tag ${COLOURS[one.state]}`, textContent: WORDS[one.state] });
  row.append(words, tag);
  if (one.state === "waiting") row.append(buttonFor("Gửi ngay", () => { void (isUnclaimed ? claim(one.key, account()) : Promise.resolve()).then(trySending); }));
  if (one.state === "sent" && one.answer) row.append(Object.assign(document.createElement("a"), { href: one.answer, textContent: "Xem", className: "button secondary compact" }));
  if (one.state !== "sent" && one.page) row.append(Object.assign(document.createElement("a"), { href: `${one.page}${MEND}${one.key}`, textContent: "Sửa", className: "button secondary compact" }));
  row.append(buttonFor(one.state === "sent" ? "Ẩn" : "Xóa", () => {
    if (one.state === "sent" || confirm(`Xóa “${one.title}”? Nội dung chưa gửi sẽ mất.`)) void remove(one.key);
  }));
  return row;
}

/** The list: <section data-island="outbox-list" data-kind="…"> with a <ul data-rows> and what to say when it is empty. */
export function outboxList(root: HTMLElement): Stop {
  const show = async (): Promise<void> => {
    const found = await list(account(), root.dataset["kind"] ?? "");
    root.querySelector("[data-rows]")?.replaceChildren(...found.reverse().map(rowFor));
    const empty = root.querySelector<HTMLElement>("[data-none]");
    if (empty) empty.hidden = found.length > 0;
    else root.hidden = found.length === 0;
  };
  void show();
  return onChange(() => void show());
}

/** The strip on every page: how much waits, as long as something does. */
export function outboxStrip(root: HTMLElement): Stop {
  const show = async (): Promise<void> => {
    const found = (await list(account())).filter((one) => one.state !== "sent");
    const mend = found.filter((one) => one.state === "refused").length;
    const words = root.querySelector("[data-words]") ?? root;
    words.textContent = mend > 0 ? `${mend} nội dung cần sửa để gửi lại` : `${found.length} nội dung chờ gửi`;
    root.hidden = found.length === 0;
  };
  void show().catch(() => undefined);
  return onChange(() => void show());
}
