import { defineConfig } from "vite";

// The Mini App of Zalo: static files that the operator serves. VITE_TINHSO is the address of the province's platform,
// VITE_TINHSO_LINE the code of its line there; both are public.
export default defineConfig({
  base: "./",
  build: { outDir: "www", emptyOutDir: true, target: ["chrome107", "safari16"], assetsInlineLimit: 0 },
});
