// SPDX-License-Identifier: EUPL-1.2
// Debian's Chromium, that trusts one key and knows no host but this one.
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "./world.mjs";

export const packages = createRequire(join(build, "tests/console/package.json"));

export function chromium(pin) {
    return packages("playwright-core").chromium.launch({
        executablePath: process.env.UGO_CHROMIUM ?? "/usr/bin/chromium",
        args: ["--ignore-certificate-errors-spki-list=" + pin,
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
            "--disable-dev-shm-usage", "--lang=fr-FR"],
        env: { ...process.env, LANGUAGE: "fr", LC_ALL: "C.UTF-8" },
    });
}
