import { defineConfig } from "vite";

// Bundles, one for each family of screens; Django finds the hashed names in manifest.json.
export default defineConfig({
  base: "/static/dist/",
  publicDir: "public",
  build: {
    outDir: "../src/tinhso/kernel/ui/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome107", "edge107", "firefox104", "safari16"],
    rollupOptions: {
      input: {
        app: "src/app.ts",
        flow: "src/flow.ts",
        work: "src/work.ts",
        board: "src/board.ts",
        queue: "src/queue.ts",
        counter: "src/counter.ts",
      },
    },
  },
});
