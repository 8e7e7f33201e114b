// <form data-island="near-me"> with fields lat and lon: [data-locate-near] fills them in from the device and asks.
import { word } from "../island";

export function nearMe(root: HTMLElement): void {
  const button = root.querySelector<HTMLButtonElement>("[data-locate-near]");
  const said = root.querySelector<HTMLElement>("[data-said]");
  if (!button || !("geolocation" in navigator) || !(root instanceof HTMLFormElement)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (said) said.textContent = word(root, "locating", "Đang tìm vị trí…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const values: Record<string, number> = { lat: coords.latitude, lon: coords.longitude };
        for (const [name, value] of Object.entries(values)) {
          const field = root.elements.namedItem(name);
          if (field instanceof HTMLInputElement) field.value = value.toFixed(5);
        }
        root.requestSubmit();
      },
      () => { if (said) said.textContent = word(root, "notLocated", "Không lấy được vị trí. Ghi vĩ độ, kinh độ, hoặc xem bản đồ."); },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}
