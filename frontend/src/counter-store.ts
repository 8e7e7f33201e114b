// What a counter keeps in its browser to work without network: its key, the numbers leased to it, the procedures, and
// what it received. Numbers are taken in the same transaction that marks them used, so neither two tabs nor a crash
// gives one number twice; a reception leaves this browser only some time after the province has settled it.
import { openDB } from "idb";
import type { IDBPDatabase } from "idb";

export interface Paper { code: string; name: string; is_required: boolean; originals: number; copies: number }
export interface Branch {
  code: string; name: string; papers: Paper[]; limit: string; fee: number; fee_words: string; dues: Record<string, [number, string][]>;
}
export interface Procedure {
  code: string; name: string; everyday: string[]; version_id: number; agency: string; resolving: string; branches: Branch[];
}
export interface Leased { code: string; token: string; agency: string; day: string; used?: string }
export interface Kit {
  counter: { id: number; name: string; unit: string; body: string };
  clerk: { id: number; name: string; title: string };
  prepared_at: string; base: string; procedures: Procedure[]; numbers: Leased[];
}
export interface Slip {
  body: string; unit: string; code: string; name: string; identity: string; procedure: string; received: string;
  due: string; fee: string; clerk: string; papers: string[]; signature: string; address: string;
}
export interface Received {
  id: string; code: string; text: string; signature: string; at: number; slip: Slip;
  state: string; words: string; stored_at: string; settled_at: string; number: string; notes: string[];
}

const KEEP_SETTLED = 24 * 3600 * 1000;
export const DONE = new Set(["registered", "merged", "rejected"]);

let shelf: Promise<IDBPDatabase> | undefined;

function open(): Promise<IDBPDatabase> {
  shelf ??= openDB("tinhso-counter", 1, {
    upgrade(db) {
      db.createObjectStore("kept");
      db.createObjectStore("numbers", { keyPath: "code" });
      db.createObjectStore("received", { keyPath: "id" });
    },
  });
  return shelf;
}

/** The key pair of this counter, made once; its private half cannot be taken out of the browser. */
export async function keys(isNew = false): Promise<CryptoKeyPair> {
  const db = await open();
  const known = await db.get("kept", "keys") as CryptoKeyPair | undefined;
  if (known && !isNew) return known;
  const made = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  await db.put("kept", made, "keys");
  return made;
}

export function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export async function publicKey(pair: CryptoKeyPair): Promise<string> {
  return base64(await crypto.subtle.exportKey("spki", pair.publicKey));
}

export async function sign(text: string): Promise<string> {
  const { privateKey } = await keys();
  return base64(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, new TextEncoder().encode(text)));
}

/** Takes a kit in: numbers used here stay used, numbers that are no longer leased go. `ahead`: server time − own, ms. */
export async function take(kit: Kit, ahead: number): Promise<void> {
  const tx = (await open()).transaction(["kept", "numbers"], "readwrite");
  const numbers = tx.objectStore("numbers");
  const leased = new Set(kit.numbers.map((one) => one.code));
  for (const old of await numbers.getAll() as Leased[]) if (!old.used && !leased.has(old.code)) await numbers.delete(old.code);
  for (const one of kit.numbers) if (!await numbers.get(one.code)) await numbers.put(one);
  await tx.objectStore("kept").put({ ...kit, numbers: [] }, "kit");
  await tx.objectStore("kept").put(ahead, "ahead");
  await tx.done;
}

export async function kept(): Promise<{ kit: Kit | undefined; ahead: number }> {
  const db = await open();
  return { kit: await db.get("kept", "kit") as Kit | undefined, ahead: (await db.get("kept", "ahead") as number | undefined) ?? 0 };
}

function inOrder(a: Leased, b: Leased): number {
  return a.code < b.code ? -1 : 1;
}

export async function freeNumbers(day: string): Promise<Leased[]> {
  const all = await (await open()).getAll("numbers") as Leased[];
  return all.filter((one) => one.day === day && !one.used).sort(inOrder);
}

/** The next number of an agency for a day, marked as used by this reception; undefined when there is none left. */
export async function nextNumber(agency: string, day: string, id: string): Promise<Leased | undefined> {
  const tx = (await open()).transaction("numbers", "readwrite");
  const all = await tx.store.getAll() as Leased[];
  const next = all.filter((one) => one.agency === agency && one.day === day && !one.used).sort(inOrder)[0];
  if (next) await tx.store.put({ ...next, used: id });
  await tx.done;
  return next;
}

export async function keep(one: Received): Promise<void> {
  await (await open()).put("received", one);
}

/** All receptions here, the newest first; what was settled a day ago by the true clock is taken away. */
export async function received(now: number): Promise<Received[]> {
  const db = await open();
  const all = await db.getAll("received") as Received[];
  const old = all.filter((one) => DONE.has(one.state) && now - Date.parse(one.settled_at) > KEEP_SETTLED);
  for (const one of old) await db.delete("received", one.id);
  return all.filter((one) => !old.includes(one)).sort((a, b) => b.at - a.at);
}
