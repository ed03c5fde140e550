// SPDX-License-Identifier: EUPL-1.2
// node test.mjs FOLDER: bundles each src/**/x_test.ts into FOLDER and runs them with node's runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const out = process.argv[2];
if (!out) {
    console.error("usage: node test.mjs FOLDER");
    process.exit(2);
}
const tests = readdirSync("src", { recursive: true })
    .filter((name) => name.endsWith("_test.ts")).sort();
if (tests.length === 0) {
    console.error("no tests found");
    process.exit(1);
}
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
    entryPoints: tests.map((name) => join("src", name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node18",
    jsx: "automatic",
    jsxImportSource: "preact",
    preserveSymlinks: true,
    sourcemap: "inline",
    logLevel: "warning",
});
const bundles = readdirSync(out, { recursive: true }).filter((name) => name.endsWith(".mjs"))
    .map((name) => join(out, name));
// The device is in another time zone than the départements of the tests.
const done = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...bundles.sort()],
    { stdio: "inherit", env: { ...process.env, TZ: "America/Cayenne" } });
process.exit(done.status ?? 1);
