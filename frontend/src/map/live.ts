// The live map, loaded only when somebody opens it: outlines of communes, no tiles, nothing from other hosts.
import { GeolocateControl, Map as LiveMap, NavigationControl, setWorkerUrl } from "maplibre-gl";
import type { LngLatBoundsLike, StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "./live.css";

export { LiveMap };
export interface Bounds { west: number; south: number; east: number; north: number }

/** The bounds that the server wrote into the element. */
export function boundsOf(root: HTMLElement): Bounds {
  const number = (name: string): number => Number(root.dataset[name]?.replace(",", "."));
  return { west: number("west"), south: number("south"), east: number("east"), north: number("north") };
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#00665e";
}

export function palette(): Record<string, string> {
  return {
    land: colour("--surface"), ground: colour("--surface-sunk"), line: colour("--line-control"), cluster: colour("--sen"),
    ink: colour("--text"), onCluster: colour("--surface"), ok: colour("--ok"),
  };
}

function style(boundaries: string): StyleSpecification {
  const { land, ground, line } = palette();
  return {
    version: 8,
    sources: { communes: { type: "geojson", data: new URL(boundaries, location.href).href } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": ground } },
      { id: "land", type: "fill", source: "communes", paint: { "fill-color": land } },
      { id: "borders", type: "line", source: "communes", paint: { "line-color": line, "line-width": 1, "line-opacity": 0.6 } },
    ],
  };
}

/** A map of the province in this element; its edges cannot be left by much. Resolves once it can be used. */
export async function open(canvas: HTMLElement, root: HTMLElement, zoom?: number, centre?: [number, number]): Promise<LiveMap> {
  setWorkerUrl(workerUrl);
  await document.fonts.load('600 14px "Be Vietnam Pro"', "đắỡ 0123").catch(() => undefined);
  const { west, south, east, north } = boundsOf(root);
  const edge = 1.2;
  const all: LngLatBoundsLike = [west, south, east, north];
  const map = new LiveMap({
    container: canvas,
    style: style(root.dataset["boundaries"] ?? ""),
    ...(centre ? { center: centre, zoom: zoom ?? 14 } : { bounds: all, fitBoundsOptions: { padding: 16 } }),
    maxBounds: [west - edge, south - edge, east + edge, north + edge],
    minZoom: 6,
    maxZoom: 18,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    localIdeographFontFamily: '"Be Vietnam Pro", sans-serif',
    locale: {
      "NavigationControl.ZoomIn": "Phóng to", "NavigationControl.ZoomOut": "Thu nhỏ",
      "GeolocateControl.FindMyLocation": "Vị trí của tôi", "GeolocateControl.LocationNotAvailable": "Không có vị trí",
      "Map.Title": "Bản đồ",
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new GeolocateControl({ positionOptions: { enableHighAccuracy: true } }), "top-right");
  await new Promise<void>((done, fail) => {
    const late = setTimeout(() => fail(new Error("map")), 20_000);
    map.once("load", () => { clearTimeout(late); done(); });
    map.once("error", (event) => { if (!map.loaded()) { clearTimeout(late); fail(event.error); } });
  });
  canvas.dataset["ready"] = "1";
  return map;
}
