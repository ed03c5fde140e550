// SPDX-License-Identifier: EUPL-1.2
// A real ugod of this test's own (world.py): its places, its people, its accidents.
import { spawn } from "node:child_process";
import { createHash, createHmac, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const build = process.env.UGO_BUILD ?? join(here, "../../.build/test");

const PATIENCE = Number(process.env.UGO_PATIENCE_MS ?? 60_000); // for what must happen; nothing is
// judged by how long it took
const STEP = 30; // seconds that a code is good for

/** The first value that is true; `what` tells what was waited for in vain. */
export async function until(what, condition) {
    const end = Date.now() + PATIENCE;
    for (;;) {
        const value = await condition();
        if (value) return value;
        if (Date.now() > end) throw new Error("waited in vain for " + what);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

function base32(text) {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const bits = [...text].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
    return Buffer.from(bits.match(/.{8}/g).map((each) => parseInt(each, 2)));
}

/** RFC 6238: six digits of a step. */
function codeOf(secret, step) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac("sha1", base32(secret)).update(counter).digest();
    const at = mac[19] & 15;
    return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** What a browser may know a server by, whoever signed for it. */
export function pinOf(certificate) {
    const key = new X509Certificate(readFileSync(certificate)).publicKey
        .export({ type: "spki", format: "der" });
    return createHash("sha256").update(key).digest("base64");
}

export class World {
    #process;
    #lines;
    #steps = new Map();
    #corners = 0;

    /** Corners: how many tests want one. */
    static async open(corners, workers) {
        const world = new World();
        const program = process.env.UGO_PYTHON ?? "/usr/bin/python3";
        const given = [corners, workers].map(String);
        world.#process = spawn(program, ["-B", join(here, "world.py"), ...given], {
            stdio: ["pipe", "pipe", "inherit"],
            env: { ...process.env, PYTHONPATH: dirname(here),
                UGO_BIN: process.env.UGO_BIN ?? join(build, "bin") },
        });
        world.#lines = createInterface({ input: world.#process.stdout })[Symbol.asyncIterator]();
        Object.assign(world, await world.#answer());
        world.pin = pinOf(world.certificate);
        return world;
    }

    async #answer() {
        const { value, done } = await this.#lines.next();
        if (done) throw new Error("the world ended");
        const answer = JSON.parse(value);
        if (answer.fault) throw new Error(answer.fault);
        return answer;
    }

    async #do(...command) {
        this.#process.stdin.write(JSON.stringify(command) + "\n");
        return (await this.#answer()).ok;
    }

    /** A corner that no other test has: its number. */
    corner() {
        return this.#corners++;
    }

    /** A code that the server has not seen yet of this account. */
    async code(account) {
        const now = () => Math.floor(Date.now() / 1000 / STEP);
        const step = Math.max(now(), (this.#steps.get(account) ?? 0) + 1);
        this.#steps.set(account, step);
        await until("the next code", () => step <= now() + 1);
        return codeOf(this.secret, step);
    }

    kill() { return this.#do("kill"); }
    start() { return this.#do("start"); }
    killWorker(slot) { return this.#do("kill_worker", slot); }
    /** Seconds of the register's time go by, for everybody. */
    pass(seconds) { return this.#do("pass", seconds); }
    /** PostgreSQL stands still. */
    freeze() { return this.#do("freeze"); }
    thaw() { return this.#do("thaw"); }
    endSessions(account) { return this.#do("end_sessions", account); }
    /** A record's state as the database has it; null: none. */
    record(kind, id) { return this.#do("record", kind, id); }
    rows(sql, ...parameters) { return this.#do("rows", sql, ...parameters); }
    /** [account, operation, params]…, past the doors. */
    put(...commands) { return this.#do("put", ...commands); }

    async close() {
        const ended = new Promise((resolve) => this.#process.once("exit", resolve));
        this.#process.stdin.end();
        const status = await ended;
        if (status !== 0) throw new Error(`the world ended with ${status}`);
    }
}

/** One person's way to the server: cut, it refuses; stalled, it swallows what is sent. */
export class Wire {
    #ends = new Set();
    #state = "whole";
    #server;

    static async open(url) {
        const wire = new Wire();
        const target = Number(new URL(url).port);
        wire.#server = createServer((near) => wire.#join(near, target));
        await new Promise((resolve) => wire.#server.listen(0, "127.0.0.1", resolve));
        wire.url = `https://localhost:${wire.#server.address().port}`;
        return wire;
    }

    #join(near, target) {
        if (this.#state === "cut") return near.destroy();
        const far = connect(target, "127.0.0.1");
        for (const [end, other] of [[near, far], [far, near]]) {
            this.#ends.add(end);
            end.on("error", () => undefined);
            end.on("close", () => {
                this.#ends.delete(end);
                other.destroy();
            });
            end.on("data", (bytes) => {
                if (this.#state !== "stalled") other.write(bytes);
            });
        }
    }

    cut() {
        this.#state = "cut";
        for (const end of this.#ends) end.destroy();
    }

    stall() { this.#state = "stalled"; }

    mend() {
        this.cut(); // what was swallowed is missing: no connection goes on
        this.#state = "whole";
    }

    close() {
        this.cut();
        return new Promise((resolve) => this.#server.close(resolve));
    }
}
