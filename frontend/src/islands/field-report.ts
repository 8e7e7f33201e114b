// <form data-island="field-report"> with hidden fields lat, lon, accuracy, source: where something was seen. A photo's own
// notes come first (they are lost when it is made smaller), then the device when the person presses [data-locate], and
// a map may fill in the same fields. [data-place-said] tells in words what is known.
import { word } from "../island";

interface Place { lat: number; lon: number; accuracy?: number }

/** The place in a JPEG's EXIF notes (tags 1 to 4 of its GPS part); nothing when there is none or it is broken. */
export function placeIn(bytes: DataView): Place | undefined {
  try {
    if (bytes.getUint16(0) !== 0xffd8) return undefined;
    for (let at = 2; at + 4 < bytes.byteLength;) {
      const marker = bytes.getUint16(at);
      if (marker === 0xffe1 && bytes.getUint32(at + 4) === 0x45786966) return gpsOf(bytes, at + 10);
      if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return undefined;
      at += 2 + bytes.getUint16(at + 2);
    }
  } catch {
    return undefined; // notes are written by anybody
  }
  return undefined;
}

function gpsOf(bytes: DataView, base: number): Place | undefined {
  const little = bytes.getUint16(base) === 0x4949;
  const short = (at: number): number => bytes.getUint16(at, little);
  const long = (at: number): number => bytes.getUint32(at, little);
  const entry = (folder: number, tag: number): number | undefined => {
    for (let i = 0; i < short(folder); i++) if (short(folder + 2 + 12 * i) === tag) return folder + 2 + 12 * i;
    return undefined;
  };
  const link = entry(base + long(base + 4), 0x8825);
  if (link === undefined) return undefined;
  const gps = base + long(link + 8);
  const degrees = (value: number, sign: number, negative: string): number => {
    const found = entry(gps, value), mark = entry(gps, sign);
    if (found === undefined || mark === undefined) return NaN;
    const at = base + long(found + 8);
    const [d, m, s] = [0, 8, 16].map((step) => long(at + step) / long(at + step + 4)) as [number, number, number];
    return (d + m / 60 + s / 3600) * (String.fromCharCode(bytes.getUint8(mark + 8)) === negative ? -1 : 1);
  };
  const lat = degrees(2, 1, "S"), lon = degrees(4, 3, "W");
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0) ? { lat, lon } : undefined;
}

export function fieldReport(form: HTMLElement): void {
  const field = (name: string): HTMLInputElement | null => form.querySelector(`input[type=hidden][name=${name}]`);
  const said = form.querySelector<HTMLElement>("[data-place-said]");
  const button = form.querySelector<HTMLButtonElement>("[data-locate]");

  const set = (place: Place, source: string): void => {
    const values: Record<string, string> = {
      lat: place.lat.toFixed(6), lon: place.lon.toFixed(6), source, accuracy: place.accuracy?.toFixed(0) ?? "",
    };
    for (const [name, value] of Object.entries(values)) {
      const one = field(name);
      if (one) one.value = value;
    }
    field("lat")?.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const tell = (text: string): void => { if (said) said.textContent = text; };

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    for (const file of input.files ?? []) {
      void file.slice(0, 256 * 1024).arrayBuffer().then((read) => {
        const place = placeIn(new DataView(read));
        if (!place || field("source")?.value === "map") return;
        set(place, "photo");
        tell(word(form, "fromPhoto", "Đã lấy vị trí từ ảnh."));
      });
    }
  });
  // The kind is pressed among the suggestions or chosen in the list: whichever was last.
  const kinds = form.querySelector<HTMLSelectElement>("select[name=category]");
  form.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.name === "suggested" && kinds) kinds.value = field.value;
    if (field === kinds) form.querySelectorAll<HTMLInputElement>("[name=suggested]").forEach((one) => { one.checked = one.value === kinds?.value; });
  });
  button?.addEventListener("click", () => {
    tell(word(form, "locating", "Đang tìm vị trí…"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        set({ lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy }, "device");
        tell(`${word(form, "located", "Đã có vị trí, sai số")} ${Math.round(coords.accuracy)} m.`);
      },
      () => tell(word(form, "notLocated", "Không lấy được vị trí. Ghi địa chỉ hoặc chỗ dễ thấy bên dưới.")),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
    );
  });
}
