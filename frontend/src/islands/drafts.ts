// The copy of unsaved answers kept on this device until the server has them. One row for each form field; rows older
// than thirty days are dropped, all rows at sign-out (signing-out.ts).
import { openDB } from "idb";
import type { IDBPDatabase } from "idb";

export interface Unsent { key: string; form: string; url: string; name: string; values: string[]; at: number }

const KEPT = 30 * 24 * 3600 * 1000;
let shelf: Promise<IDBPDatabase> | undefined;

function open(): Promise<IDBPDatabase> {
  shelf ??= openDB("tinhso-drafts", 1, {
    upgrade(db) {
      db.createObjectStore("unsent", { keyPath: "key" }).createIndex("form", "form", {});
    },
  });
  return shelf;
}

export async function keep(row: Unsent): Promise<void> {
  await (await open()).put("unsent", row);
}

/** Forgets the row, unless a newer answer was typed meanwhile. */
export async function sent(row: Unsent): Promise<void> {
  const db = await open();
  const stored = await db.get("unsent", row.key) as Unsent | undefined;
  if (stored && stored.at <= row.at) await db.delete("unsent", row.key);
}

export async function unsent(form: string): Promise<Unsent[]> {
  const rows = await (await open()).getAllFromIndex("unsent", "form", form) as Unsent[];
  return rows.filter((row) => Date.now() - row.at < KEPT);
}

/** Takes all rows away, in other tabs that stand open too. */
export async function wipeDrafts(): Promise<void> {
  await (await open()).clear("unsent");
}
