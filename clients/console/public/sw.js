// SPDX-License-Identifier: EUPL-1.2
// Keeps the console's own files on the device, so that it opens without a network. Nothing of the
// registry passes here: /v1 is never answered from a cache.
const CACHE = "ugo-%VERSION%";
const FILES = ["/", "/icon.svg", "/manifest.webmanifest", "%ASSETS%"];

self.addEventListener("install", (event) => {
    event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES))
        .then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
    event.waitUntil(caches.keys()
        .then((names) => Promise.all(names.filter((name) => name !== CACHE)
            .map((name) => caches.delete(name))))
        .then(() => self.clients.claim()));
});

async function page(request) {
    try {
        return await fetch(request);
    } catch (fault) {
        const kept = await caches.match("/");
        if (kept) return kept;
        throw fault;
    }
}

self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
    if (event.request.mode === "navigate" && url.pathname === "/")
        event.respondWith(page(event.request));
    else if (url.pathname.startsWith("/assets/"))
        event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
