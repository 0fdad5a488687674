import { defineConfig } from "vite";

// `npm run dev` works on a running site (make run), at the address in BOXOFFICE_SITE.
const site = process.env.BOXOFFICE_SITE ?? "http://127.0.0.1:8000";

export default defineConfig({
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": site, "/charts": site, "/config.json": site, "/_local": site },
  },
});
