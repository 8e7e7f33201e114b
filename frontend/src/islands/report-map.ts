// The public map of reports: counted circles for the part of the province that is looked at. Its program is heavy, so it
// comes when somebody asks for it; by itself only on a wide screen with the map in sight, once the page stands complete and
// the browser is idle, and never where data are saved. The drawn map and the list say the same without it.
import { say, word } from "../island";
import type { Stop } from "../island";
import type { FeatureCollection, Point } from "geojson";
import type { GeoJSONSource, MapMouseEvent } from "maplibre-gl";

type Row = [lon: number, lat: number, number: number, key?: number];

function features(rows: Row[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: rows.map(([lon, lat, number, key]) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [lon, lat] },
      properties: { number, label: number > 1 ? short(number) : "", key: key ?? 0 },
    })),
  };
}

function short(number: number): string {
  return number < 1000 ? String(number) : `${(number / 1000).toLocaleString("vi-VN", { maximumFractionDigits: 1 })}k`;
}

/** The title of a report that stands alone, leading to its page; nothing when it cannot be had. */
async function named(root: HTMLElement, key: number): Promise<Line | null> {
  try {
    const answer = await fetch(root.dataset["clusters"]!.replace(".json", `/${key}.json`));
    if (!answer.ok) return null;
    const { code, title } = await answer.json() as { code: string; title: string };
    return { text: title, href: `${root.dataset["report"]}${code}/` };
  } catch {
    return null;
  }
}

type Line = { text: string; href?: string };

function card(lines: Line[]): HTMLElement {
  const box = document.createElement("div");
  box.className = "map-card";
  for (const { text, href } of lines) {
    const line = href ? Object.assign(document.createElement("a"), { href }) : document.createElement("p");
    line.textContent = text;
    box.append(line);
  }
  return box;
}

export function reportMap(root: HTMLElement): Stop | void {
  const button = root.querySelector<HTMLButtonElement>("[data-open-map]");
  const drawing = root.querySelector<SVGElement>("[data-drawing]");
  const canvas = root.querySelector<HTMLElement>("[data-canvas]");
  if (!button || !canvas || !root.dataset["clusters"]) return;
  let stop: Stop = () => undefined;

  const start = async (): Promise<void> => {
    button.disabled = true;
    try {
      canvas.hidden = false;
      const [live, { Popup }] = await Promise.all([import("../map/live"), import("maplibre-gl")]);
      const map = await live.open(canvas, root);
      const colours = live.palette();
      drawing?.setAttribute("hidden", "");
      button.hidden = true;
      map.addSource("reports", { type: "geojson", data: features([]) });
      map.addLayer({
        id: "reports", type: "circle", source: "reports",
        paint: {
          "circle-color": colours["cluster"] ?? "#a8304f", "circle-opacity": 0.9,
          "circle-stroke-color": colours["onCluster"] ?? "#fff", "circle-stroke-width": 2,
          "circle-radius": ["step", ["get", "number"], 8, 2, 14, 10, 17, 100, 21, 1000, 26],
        },
      });
      map.addLayer({
        id: "numbers", type: "symbol", source: "reports",
        layout: { "text-field": ["get", "label"], "text-font": ["Be Vietnam Pro"], "text-size": 13, "text-allow-overlap": true },
        paint: { "text-color": colours["onCluster"] ?? "#fff" },
      });
      let asked = new AbortController();
      const load = async (): Promise<void> => {
        asked.abort();
        asked = new AbortController();
        const box = map.getBounds();
        const query = new URLSearchParams(root.dataset["query"]);
        query.set("khung", [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((one) => one.toFixed(4)).join(","));
        query.set("muc", String(Math.max(0, Math.floor(map.getZoom()))));
        try {
          const answer = await fetch(`${root.dataset["clusters"]}?${query}`, { signal: asked.signal });
          const { clusters } = await answer.json() as { clusters: Row[] };
          map.getSource<GeoJSONSource>("reports")?.setData(features(clusters));
          root.dataset["shown"] = String(clusters.reduce((sum, row) => sum + row[2], 0));
        } catch (error) {
          if (!(error instanceof DOMException)) say(word(root, "failed", "Không mở được bản đồ động; danh sách vẫn đầy đủ."));
        }
      };
      map.on("moveend", () => void load());
      const popup = new Popup({ closeButton: true, maxWidth: "260px", className: "map-popup" });
      map.on("click", (event: MapMouseEvent) => {
        const [found] = map.queryRenderedFeatures(event.point, { layers: ["reports"] });
        const place = `lat=${event.lngLat.lat.toFixed(5)}&lon=${event.lngLat.lng.toFixed(5)}`;
        const lines = [{ text: word(root, "near", "Phản ánh quanh đây"), href: `${root.dataset["nearby"]}?${place}` }];
        if (!found) {
          lines.unshift({ text: word(root, "here", "Gửi phản ánh tại đây"), href: `${root.dataset["file"]}?${place}&source=map` });
        } else if (found.properties["key"]) {
          popup.setLngLat(event.lngLat).setDOMContent(card(lines)).addTo(map);
          void named(root, Number(found.properties["key"])).then((report) => {
            if (report) popup.setDOMContent(card([report, ...lines]));
          });
          return;
        } else if (map.getZoom() < 17) {
          map.easeTo({ center: (found.geometry as Point).coordinates as [number, number], zoom: map.getZoom() + 2 });
          return;
        }
        popup.setLngLat(event.lngLat).setDOMContent(card(lines)).addTo(map);
      });
      map.on("mousemove", (event: MapMouseEvent) => {
        map.getCanvas().classList.toggle("pointing", map.queryRenderedFeatures(event.point, { layers: ["reports"] }).length > 0);
      });
      await load();
      stop = () => { asked.abort(); map.remove(); };
    } catch {
      canvas.hidden = true;
      drawing?.removeAttribute("hidden");
      button.disabled = false;
      say(word(root, "failed", "Không mở được bản đồ động; danh sách vẫn đầy đủ."));
    }
  };

  button.addEventListener("click", () => void start());
  const forget = mayComeByItself() ? onceSeen(root, () => { if (!button.disabled) void start(); }) : () => undefined;
  return () => { forget(); stop(); };
}

function mayComeByItself(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return matchMedia("(min-width: 900px)").matches && "requestIdleCallback" in window && connection?.saveData !== true;
}

/** Does it once: when the page is complete, the element is in sight and the browser has nothing else to do. */
function onceSeen(root: HTMLElement, act: () => void): Stop {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    requestIdleCallback(() => { if (root.isConnected) act(); }, { timeout: 4000 });
  });
  const begin = (): void => watch.observe(root);
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
  return () => { removeEventListener("load", begin); watch.disconnect(); };
}
