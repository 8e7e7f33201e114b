// <div data-island="place-map"> in a form with fields lat, lon, source: the map moves under a pin that stays, and what
// lies under the pin is the place. Keyboard: arrows move the map, + and - zoom. The map is loaded when it is opened.
import { say, word } from "../island";
import type { Stop } from "../island";

export function placeMap(root: HTMLElement): Stop | void {
  const button = root.querySelector<HTMLButtonElement>("[data-open-map]");
  const frame = root.querySelector<HTMLElement>("[data-frame]");
  const canvas = root.querySelector<HTMLElement>("[data-canvas]");
  const caption = root.querySelector<HTMLElement>("[data-caption]");
  const form = root.closest("form");
  if (!button || !frame || !canvas || !form) return;
  const field = (name: string): HTMLInputElement | null => form.querySelector(`input[name=${name}]`);
  let close: Stop = () => undefined;
  let isOpen = false;

  const put = (lat: number, lon: number): void => {
    const values: Record<string, string> = { lat: lat.toFixed(6), lon: lon.toFixed(6), source: "map", accuracy: "" };
    for (const [name, value] of Object.entries(values)) {
      const one = field(name);
      if (one) one.value = value;
    }
    field("lat")?.dispatchEvent(new Event("change", { bubbles: true }));
    const said = form.querySelector("[data-place-said]");
    if (said) said.textContent = word(root, "moved", "Đã chọn vị trí giữa bản đồ.");
  };

  const open = async (): Promise<void> => {
    frame.hidden = false;
    if (caption) caption.hidden = false;
    try {
      const live = await import("../map/live");
      const lat = Number(field("lat")?.value), lon = Number(field("lon")?.value);
      const map = await live.open(canvas, root, 15, lat && lon ? [lon, lat] : undefined);
      let isOwn = false;
      map.on("movestart", (event) => { isOwn = "originalEvent" in event && Boolean(event.originalEvent); });
      map.on("moveend", () => {
        if (!isOwn && field("source")?.value !== "map" && !map.isMoving()) return;
        const middle = map.getCenter();
        put(middle.lat, middle.lng);
      });
      const follow = (): void => {
        if (field("source")?.value === "map") return;
        const to = [Number(field("lon")?.value), Number(field("lat")?.value)] as [number, number];
        if (to[0] && to[1]) map.jumpTo({ center: to, zoom: Math.max(15, map.getZoom()) });
      };
      field("lat")?.addEventListener("change", follow);
      close = () => { field("lat")?.removeEventListener("change", follow); map.remove(); };
      canvas.querySelector("canvas")?.focus();
    } catch {
      frame.hidden = true;
      say(word(root, "failed", "Không mở được bản đồ."));
      const said = form.querySelector("[data-place-said]");
      if (said) said.textContent = word(root, "failed", "Không mở được bản đồ.");
    }
  };

  button.addEventListener("click", () => {
    isOpen = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    button.textContent = isOpen ? word(root, "close", "Đóng bản đồ") : word(root, "open", "Chọn trên bản đồ");
    if (isOpen) { void open(); return; }
    close();
    close = () => undefined;
    frame.hidden = true;
    if (caption) caption.hidden = true;
  });
  return () => close();
}
