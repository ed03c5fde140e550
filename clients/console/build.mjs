// SPDX-License-Identifier: EUPL-1.2
// node build.mjs FOLDER: the console as files to be served. Scripts and styles have names with a
// hash of what is in them, and each text file stands there compressed, too, so that the server has
// nothing to compute. Dictionaries become JSON of their own, which scripts know by its address. The
// same sources give the same bytes.
import { build, transform } from "esbuild";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = process.env.UGO_CONSOLE_SOURCE ?? dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
    console.error("usage: node build.mjs FOLDER");
    process.exit(2);
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const settings = {
    absWorkingDir: process.cwd(),
    outdir: join(out, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    metafile: true,
    charset: "utf8",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    preserveSymlinks: true,
    logLevel: "warning",
    logLimit: 10,
};
await mkdir(settings.outdir);

/** What a file of words says. */
async function words(name) {
    const { outputFiles } = await build({
        ...settings, entryPoints: [`src/words/${name}.ts`], write: false, metafile: false,
    });
    const [said] = Object.values(await import("data:text/javascript;base64,"
        + Buffer.from(outputFiles[0].text).toString("base64")));
    return said;
}

const LANGUAGES = ["fr", "en"];
const WORDS = { base: {}, asker: {}, steer: {}, admin: {}, link: {} };
for (const [part, of] of Object.entries(WORDS))
    for (const language of LANGUAGES) {
        const said = await words(part === "base" ? language : `${language}_${part}`);
        const text = JSON.stringify(said);
        const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
        of[language] = `/assets/words-${language}-${part}-${hash}.json`;
        await writeFile(join(out, of[language]), text);
    }
settings.define = { WORDS: JSON.stringify(WORDS) };

const result = await build({
    ...settings, splitting: true,
    entryPoints: { console: "src/main.tsx", link: "src/link.ts", style: "src/style/main.css" },
});

// What is loaded with a script: it and what it imports without asking.
const outputs = result.metafile.outputs;
const named = (entry) => Object.keys(outputs).find((name) => outputs[name].entryPoint === entry);
const follow = (name, loaded = new Set()) => {
    if (loaded.has(name)) return loaded;
    loaded.add(name);
    for (const each of outputs[name].imports)
        if (each.kind === "import-statement") follow(each.path, loaded);
    return loaded;
};
const script = named("src/main.tsx");
const style = named("src/style/main.css");
const first = follow(script);
const url = (name) => "/assets/" + basename(name);

await cp(join(here, "public"), out, { recursive: true });
const kept = [...Object.keys(outputs).map(url), ...Object.entries(WORDS).flatMap(([part, of]) =>
    part === "link" ? [] : Object.values(of))].sort();
const version = createHash("sha256").update(kept.join()).digest("hex").slice(0, 12);
for (const name of ["index.html", "link.html", "sw.js"]) {
    const text = await readFile(join(out, name), "utf8");
    const preload = [...first].filter((each) => each !== script).sort()
        .map((each) => `<link rel="modulepreload" href="${url(each)}">`).join("\n");
    const list = JSON.stringify(kept).slice(1, -1);
    const filled = text.replaceAll("%SCRIPT%", url(script))
        .replaceAll("%STYLE%", url(style)).replaceAll("%LINK%", url(named("src/link.ts")))
        .replaceAll("%PRELOAD%", preload)
        .replaceAll("%VERSION%", version).replaceAll('"%ASSETS%"', list);
    await writeFile(join(out, name), name.endsWith(".js")
        ? (await transform(filled, { minify: true })).code : filled);
}

// What says how accessible the console is: a page for everybody, without a script.
const safe = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
for (const language of LANGUAGES) {
    const access = await words(`${language}_access`);
    const sections = access.sections.map(([title, paragraphs]) => [
        `<h2>${safe(title)}</h2>`, ...paragraphs.map((each) => `<p>${safe(each)}</p>`),
    ].join("\n"));
    await writeFile(join(out, `accessibility-${access.lang}.html`), [
        `<!doctype html>\n<html lang="${access.lang}">\n<head>\n<meta charset="utf-8">`,
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">', `<title>${access.title} · ugo</title>`,
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">',
        `<link rel="stylesheet" href="${url(style)}">\n</head>\n<body>\n<main class="text">`,
        `<h1>${access.title}</h1>`, ...sections,
        `<p><a class="touch" href="/">${access.back}</a></p>\n</main>\n</body>\n</html>\n`,
    ].join("\n"));
}

async function files(folder) {
    const found = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) found.push(...(await files(path)));
        else found.push(path);
    }
    return found.sort();
}

const sizes = {};
for (const path of await files(out)) {
    const bytes = await readFile(path);
    if (bytes.includes("%CONTACT%")) continue; // the server says it, in a text of its own
    const gzip = gzipSync(bytes, { level: 9 });
    const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    await writeFile(path + ".gz", gzip);
    await writeFile(path + ".br", brotliCompressSync(bytes, { params: quality }));
    sizes[relative(out, path)] = gzip.length;
}
const loads = Object.fromEntries(Object.keys(outputs).filter((name) => outputs[name].entryPoint)
    .map((name) => [basename(outputs[name].entryPoint).replace(/\.tsx?$/, ""),
        [...follow(name)].map((each) => relative(out, each))]));
await writeFile(join(dirname(out), basename(out) + "-sizes.json"),
    JSON.stringify({ loads, gzip: sizes }, null, 1) + "\n");
