// <div data-island="upload" data-url="…" data-name="file" data-max-mb="20"> around native file inputs. Each chosen file
// is posted by itself (multipart: the field name, plus every data-extra-* as a field) and the answer, a row of HTML, takes
// the place of the waiting row in [data-files]. Without script the inputs belong to the surrounding form and go with it.
import { csrf, say } from "../island";
import type { Stop } from "../island";
import { smaller } from "./picture";

function size(bytes: number): string {
  const [value, unit] = bytes >= 1048576 ? [bytes / 1048576, "MB"] : [Math.max(1, bytes / 1024), "KB"];
  return `${value.toLocaleString("vi-VN", { maximumFractionDigits: 1 })}\u00a0${unit}`;
}

function waitingRow(file: File): HTMLLIElement {
  const row = document.createElement("li");
  row.className = "file";
  row.tabIndex = -1;
  const name = Object.assign(document.createElement("span"), { className: "name", textContent: file.name });
  const state = Object.assign(document.createElement("span"), { className: "state", textContent: "Đang tải lên…" });
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  bar.setAttribute("aria-label", file.name);
  row.append(name, state, bar);
  return row;
}

export function upload(root: HTMLElement): Stop {
  const url = root.dataset["url"];
  const list = root.querySelector<HTMLElement>("[data-files]");
  if (!url || !list) return () => undefined;
  const limit = Number(root.dataset["maxMb"] ?? "20");
  const open = new Set<XMLHttpRequest>();

  const fail = (row: HTMLElement, sentence: string, again?: () => void): void => {
    row.classList.add("failed");
    row.querySelector("progress")?.remove();
    const state = row.querySelector(".state");
    if (state) state.textContent = sentence;
    say(sentence);
    if (!again) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button secondary compact push", textContent: "Thử lại" });
    button.addEventListener("click", again);
    row.append(button);
  };

  const send = (file: File, row: HTMLElement): void => {
    const body = new FormData();
    body.append(root.dataset["name"] ?? "file", file, file.name);
    for (const [key, value] of Object.entries(root.dataset)) {
      if (key.startsWith("extra")) body.append(key.slice(5).toLowerCase(), value ?? "");
    }
    const request = new XMLHttpRequest();
    const retry = (): void => { const fresh = waitingRow(file); row.replaceWith(fresh); send(file, fresh); };
    request.upload.addEventListener("progress", (event) => {
      const percent = Math.round((100 * event.loaded) / Math.max(1, event.total));
      row.querySelector("progress")?.setAttribute("value", String(percent));
      const state = row.querySelector(".state");
      if (state) state.textContent = `Đang tải lên… ${percent}\u00a0%`;
    });
    request.addEventListener("load", () => {
      open.delete(request);
      if (new URL(request.responseURL).pathname !== new URL(url, location.href).pathname) { // led to the sign-in page
        fail(row, `Phiên đăng nhập đã hết. Đăng nhập lại rồi chọn ${file.name} lần nữa.`);
        return;
      }
      if (request.status >= 400) {
        const plain = request.getResponseHeader("content-type")?.startsWith("text/plain") ? request.responseText : "";
        fail(row, plain || `Chưa tải được ${file.name}.`, request.status >= 500 ? retry : undefined);
        return;
      }
      const holder = document.createElement("template");
      holder.innerHTML = request.responseText;
      const fresh = holder.content.firstElementChild;
      if (fresh instanceof HTMLElement) {
        row.replaceWith(fresh);
        window.htmx?.process(fresh);
        fresh.tabIndex = -1;
        fresh.focus();
      } else {
        row.querySelector("progress")?.remove();
        const state = row.querySelector(".state");
        if (state) state.textContent = size(file.size);
      }
      say(`Đã tải ${file.name}.`);
      root.dispatchEvent(new CustomEvent("uploaded", { bubbles: true }));
    });
    request.addEventListener("error", () => {
      open.delete(request);
      fail(row, `Mất kết nối khi tải ${file.name}.`, retry);
    });
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("X-Requested-With", "upload");
    open.add(request);
    request.send(body);
  };

  const take = async (files: Iterable<File>): Promise<void> => {
    for (const chosen of files) {
      const row = waitingRow(chosen);
      list.append(row);
      const file = await smaller(chosen);
      if (file.size > limit * 1048576) {
        fail(row, `${file.name} nặng ${size(file.size)}, lớn hơn ${limit} MB. Chụp lại hoặc chia nhỏ tệp.`);
      } else {
        send(file, row);
      }
    }
  };

  root.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.type !== "file" || !input.files) return;
    void take([...input.files]);
    input.value = "";
  });
  root.addEventListener("dragover", (event) => { event.preventDefault(); root.classList.add("dropping"); });
  root.addEventListener("dragleave", () => root.classList.remove("dropping"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("dropping");
    if (event.dataTransfer) void take([...event.dataTransfer.files]);
  });
  return () => open.forEach((request) => request.abort());
}
