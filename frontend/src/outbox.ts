// The outbox of this browser: forms that were filled in (with their files) and wait for the server. They lie in
// IndexedDB, so neither a crash nor a reload loses them; each carries a key made at the first press, by which the server
// knows it again, so that sending twice does a thing once. Pages and the service worker send from here, one at a time.
//
// How a page uses it
//   the form    <form method="post" enctype="multipart/form-data" data-island="outbox" data-outbox="field_report"
//                 data-title="Phản ánh hiện trường" data-title-from="place"> … </form>
//               data-outbox: what kind of thing it is; data-title (and the value of the field named by data-title-from):
//               what its line in the list says. Plain fields and plain file inputs; no submit-once and no hx-post beside
//               it. Photographs are made smaller first. Without script it is an ordinary form.
//   the list    {% include "ui/_outbox.html" with kind="field_report" %}: what waits here, what was sent, what was
//               refused and why, each with "Gửi ngay", "Sửa", "Xóa". The page /hop-gui/ lists all kinds, and a strip
//               at the foot of every page leads there.
//   the server  @sent_once (tinhso.kernel.api.forms) on the view that takes the form: answer a redirect when it is done,
//               raise Refusal or answer 4xx with a page (its error summary is shown) when it is not.
//   no network  @kept_offline (tinhso.kernel.ui.offline) on the view that shows the form: the service worker keeps a copy
//               made without cookies, so the page may be opened without network. It must open for people who are not
//               signed in; what it shows of an account must not be needed.
//
// Outcomes: "waiting" (no network, the server busy, or somebody else signed in: sent when that has passed), "sent",
// "refused" (the server said why; the form is kept to be mended and sent again under the same key).
// Things belong to the account that wrote them and are only sent while it is signed in; signing out takes all away.
import { openDB } from "idb";
import type { IDBPDatabase } from "idb";

export type State = "waiting" | "sent" | "refused";
export interface Filled {
  key: string; kind: string; title: string; account: string; url: string; page: string;
  fields: [string, string][]; files: [string, File][];
  state: State; reason: string; answer: string; at: number; tries: number;
}
export interface Sender { account: string; token: string }
export interface Said { state: State; reason: string; answer: string; busy: boolean }

const SENT_SHOWN = 7 * 24 * 3600 * 1000;
const WHO = "/hop-gui/nguoi-gui/";
const TOO_LONG = 120_000; // ms for one thing with its files
const SIGN_IN = "Đăng nhập lại để gửi.";
const LATER = "Chưa gửi được, sẽ tự gửi lại.";
const TEMPORARY = new Set([408, 409, 425, 429]);

let shelf: Promise<IDBPDatabase> | undefined;
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("tinhso-outbox") : undefined;
const hearers = new Set<() => void>();
channel?.addEventListener("message", () => hearers.forEach((hear) => hear()));

function open(): Promise<IDBPDatabase> {
  shelf ??= openDB("tinhso-outbox", 1, { upgrade(db) { db.createObjectStore("filled", { keyPath: "key" }); } });
  return shelf;
}

function changed(): void {
  channel?.postMessage("changed");
  hearers.forEach((hear) => hear());
}

/** Calls back whenever something came, went or was sent, in this tab, another one or the service worker. */
export function onChange(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

export async function put(filled: Filled): Promise<void> {
  await (await open()).put("filled", filled);
  changed();
}

export async function get(key: string): Promise<Filled | undefined> {
  return await (await open()).get("filled", key) as Filled | undefined;
}

/** All that lies here for one account, oldest first; what was written signed out is shown to whoever uses the device. */
export async function list(account: string, kind = ""): Promise<Filled[]> {
  const all = await (await open()).getAll("filled") as Filled[];
  return all.filter((one) => (one.account === account || one.account === "") && (!kind || one.kind === kind))
    .sort((a, b) => a.at - b.at);
}

export async function remove(key: string): Promise<void> {
  await (await open()).delete("filled", key);
  changed();
}

/** What was written signed out now belongs to this account. */
export async function claim(key: string, account: string): Promise<void> {
  const found = await get(key);
  if (found) await put({ ...found, account });
}

/** How many things, whosesoever, are not with the server yet. */
export async function unsent(): Promise<number> {
  const all = await (await open()).getAll("filled") as Filled[];
  return all.filter((one) => one.state !== "sent").length;
}

/** Takes everything away: at sign-out, because devices are shared. */
export async function wipe(): Promise<void> {
  await (await open()).clear("filled");
  changed();
}

/** Who is signed in and the token for sending, fresh from the server. Throws TypeError without network. */
export async function whoSends(): Promise<Sender> {
  const answer = await fetch(WHO, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw new TypeError(String(answer.status));
  return await answer.json() as Sender;
}

/** The sentence of a page that refused: its error summary, or the first sentence of its main part. */
function reasonIn(html: string): string {
  const plain = (part: string): string => part.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
  const summary = /data-error-summary[^>]*>([\s\S]*?)<\/div>/.exec(html)?.[1];
  const found = summary ? [...summary.matchAll(/<li>([\s\S]*?)<\/li>/g)].map((one) => plain(one[1] ?? "")).join(" ") : "";
  return found || plain(/<main[\s\S]*?<p[^>]*>([\s\S]*?)<\/p>/.exec(html)?.[1] ?? "");
}

/** Posts one body under its key and says what became of it. Throws when there is no network. */
export async function post(url: string, body: FormData, key: string, sender: Sender): Promise<Said> {
  const answer = await fetch(url, {
    method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(TOO_LONG),
    headers: { "X-CSRFToken": sender.token, "Idempotency-Key": key, "Outbox-Account": sender.account },
  });
  const later = (reason: string, busy: boolean): Said => ({ state: "waiting", reason, answer: "", busy });
  const text = await answer.text();
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  const said = isJson ? JSON.parse(text) as { url?: string; code?: string; message?: string } : {};
  if (answer.ok && isJson) return { state: "sent", reason: "", answer: said.url ?? "", busy: false };
  if (answer.ok || answer.status === 401 || said.code === "outbox.other_account") return later(SIGN_IN, false);
  if (answer.status >= 500 || TEMPORARY.has(answer.status)) return later(LATER, true);
  return { state: "refused", reason: said.message || reasonIn(text) || "Máy chủ không nhận.", answer: "", busy: false };
}

/** Sends one thing now, without keeping it: where the device has no room. Throws TypeError without network. */
export async function postAtOnce(filled: Filled): Promise<Said> {
  return post(filled.url, bodyOf(filled), filled.key, await whoSends());
}

function bodyOf(filled: Filled): FormData {
  const body = new FormData();
  filled.fields.forEach(([name, value]) => body.append(name, value));
  filled.files.forEach(([name, file]) => body.append(name, file, file.name));
  return body;
}

async function sendOne(filled: Filled, sender: Sender): Promise<boolean> {
  const said = await post(filled.url, bodyOf(filled), filled.key, sender);
  const kept = said.state === "sent" ? { fields: [], files: [] } : {};
  // Signing out or "Xóa" may have taken it away meanwhile: then it does not come back.
  if (await get(filled.key)) {
    await put({ ...filled, ...kept, state: said.state, reason: said.reason, answer: said.answer, tries: filled.tries + 1 });
  }
  return said.busy;
}

async function sendAll(): Promise<boolean> {
  const all = await (await open()).getAll("filled") as Filled[];
  for (const old of all.filter((one) => one.state === "sent" && Date.now() - one.at > SENT_SHOWN)) await remove(old.key);
  const due = all.filter((one) => one.state === "waiting").sort((a, b) => a.at - b.at);
  if (due.length === 0) return true;
  const sender = await whoSends();
  let isBusy = false;
  for (const one of due.filter((each) => each.account === sender.account)) isBusy = await sendOne(one, sender) || isBusy;
  return !isBusy;
}

/** Sends what waits, oldest first; of several tabs and the worker only one at a time. Throws without network.
 *  True when nothing is left that could be sent now. */
export function deliver(): Promise<boolean> {
  return "locks" in navigator ? navigator.locks.request("tinhso-outbox", sendAll) : sendAll();
}
