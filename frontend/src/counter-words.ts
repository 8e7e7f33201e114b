// What the counter without network says and compares: moments of Việt Nam, money, numbers, procedures by what was typed, promised dates.
import { encode } from "uqr";
import type { Branch, Procedure } from "./counter-store";

const two = (value: number): string => String(value).padStart(2, "0");
/** A moment as Việt Nam's clocks show it, whatever zone the machine is set to. */
const local = (ms: number): Date => new Date(ms + 7 * 3600_000);
export const iso = (ms: number): string => local(ms).toISOString().replace("Z", "+07:00");
export const dayOf = (ms: number): string => local(ms).toISOString().slice(0, 10);
export function words(ms: number): string {
  const at = local(ms);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}, ngày ${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
}
export const money = (dong: number): string => `${dong.toLocaleString("vi-VN")} đồng`;
const fold = (text: string): string => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replaceAll("đ", "d").replaceAll("Đ", "D").toLowerCase();
export const masked = (number: string): string => "•".repeat(Math.max(0, number.length - 3)) + number.slice(-3);
export const isPersonal = (number: string): boolean => /^\d{12}$/.test(number);
export const isTaxCode = (number: string): boolean => {
  const weights = [31, 29, 23, 19, 17, 13, 7, 5, 3];
  if (!/^\d{10}(-?\d{3})?$/.test(number)) return false;
  const rest = weights.reduce((sum, weight, place) => sum + weight * Number(number[place]), 0) % 11;
  return rest !== 0 && 10 - rest === Number(number[9]);
};

/** How well a procedure fits what was typed: by code, first letters or words; 0 when it does not. */
export function rank(one: Procedure, text: string): number {
  const wanted = fold(text).trim();
  const digits = wanted.replaceAll(/[. ]/g, "");
  const code = one.code.replaceAll(".", "");
  if (/^\d/.test(digits)) return code === digits ? 100 : code.startsWith(digits) ? 80 : 0;
  const names = [one.name, ...one.everyday].map(fold);
  if (names.some((name) => name.split(/\s+/).map((word) => word[0]).join("") === wanted)) return 60;
  return names.some((name) => wanted.split(/\s+/).every((word) => ` ${name}`.includes(` ${word}`))) ? 50 : 0;
}

/** The promised date of what is received at that moment; empty where it cannot be said ahead. */
export function dueAt(branch: Branch, ms: number): string {
  const at = local(ms);
  const minute = at.getUTCHours() * 60 + at.getUTCMinutes();
  return (branch.dues[dayOf(ms)] ?? []).filter(([from]) => from <= minute).at(-1)?.[1] ?? "";
}

export function dueWords(branch: Branch, ms: number): string {
  const due = dueAt(branch, ms);
  return due ? words(Date.parse(due)) : `Theo thời hạn ${branch.limit}, tính từ lúc nhận; ngày hẹn do hệ thống xác nhận khi nối lại mạng`;
}

export function drawn(text: string): string {
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  const dots = data.flatMap((row, y) => row.flatMap((dark, x) => dark ? [`M${x} ${y}h1v1h-1z`] : []));
  return `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="Mã QR của biên nhận" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${dots.join("")}"/></svg>`;
}
