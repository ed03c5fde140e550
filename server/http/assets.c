/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/assets.h"

#include <stdlib.h>

#include "api/desk.h"

#define PATH_MAX_BYTES 200
#define TAG_DIGITS 32 /* of a variant's digest: no two meet in half of it */
#define TAG_MAX (TAG_DIGITS + 1)
#define HASH_MIN 8 /* characters in a name: esbuild's */

struct asset {
    char path[PATH_MAX_BYTES + 1];
    const char *type;
    bool for_ever;
    unsigned codings; /* bits 1 << enum coding: which bodies are there */
    struct {
        char *p; /* owned */
        size_t n;
        char tag[TAG_MAX];
    } body[CODING_COUNT];
};

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".webmanifest", "application/manifest+json; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *type_of(const char *path)
{
    const char *suffix = strrchr(path, '.');
    for (size_t i = 0; suffix != NULL && i < ARRAY_LENGTH(types); i++)
        if (strcmp(suffix, types[i].suffix) == 0)
            return types[i].type;
    return NULL;
}

static bool is_name_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_' || c == '.';
}

/* Each segment begins with a letter, a digit, '-' or '_': nothing hidden, no way up. */
static bool is_plain_path(const char *path)
{
    if (path[0] != '/' || strlen(path) > PATH_MAX_BYTES)
        return false;
    for (const char *p = path; *p != '\0'; p++) {
        if (*p == '/' && (!is_name_byte(p[1]) || p[1] == '.'))
            return false;
        if (*p != '/' && !is_name_byte(*p))
            return false;
    }
    return true;
}

/* /assets/…-HASH.suffix, the hash in capitals and digits. */
static bool has_hash(const char *path)
{
    const char *dash = strrchr(path, '-');
    if (strncmp(path, "/assets/", 8) != 0 || dash == NULL)
        return false;
    size_t n = strspn(dash + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    return n >= HASH_MIN && dash[1 + n] == '.' && strchr(dash, '/') == NULL;
}

static void asset_free(struct asset *asset)
{
    if (asset == NULL)
        return;
    for (int c = 0; c < CODING_COUNT; c++)
        free(asset->body[c].p);
    free(asset);
}

void assets_clear(struct assets *a)
{
    if (a == NULL)
        return;
    size_t cursor = 0;
    struct map_slot *slot;
    while ((slot = map_next(&a->by_path, &cursor)) != NULL)
        asset_free(slot->value);
    map_free(&a->by_path);
    *a = (struct assets){0};
}

/* The asset of a path, made when it is new. */
static int asset_at(struct assets *a, const char *path, const char *type, struct asset **ret)
{
    struct asset *asset = map_get(&a->by_path, span_of(path));
    if (asset == NULL) {
        asset = calloc(1, sizeof *asset);
        if (asset == NULL)
            return -ENOMEM;
        memcpy(asset->path, path, strlen(path));
        asset->type = type;
        asset->for_ever = has_hash(path);
        if (map_put(&a->by_path, span_of(asset->path), asset) < 0) {
            free(asset);
            return -ENOMEM;
        }
    }
    *ret = asset;
    return 0;
}

int assets_add(struct assets *a, const char *path, enum coding coding, span body)
{
    if (!is_plain_path(path))
        return ASSETS_PATH;
    const char *type = type_of(path);
    if (type == NULL)
        return ASSETS_TYPE;
    struct asset *asset;
    int r = asset_at(a, path, type, &asset);
    if (r < 0)
        return r;
    if (asset->codings & 1u << coding)
        return ASSETS_TWICE;
    char *copy = malloc(body.n > 0 ? body.n : 1);
    if (copy == NULL)
        return -ENOMEM;
    if (body.n > 0)
        memcpy(copy, body.p, body.n);

    char digest[DIGEST_TEXT];
    digest_hex((span){copy, body.n}, digest);
    snprintf(asset->body[coding].tag, TAG_MAX, "%.*s", TAG_DIGITS, digest);
    asset->body[coding].p = copy;
    asset->body[coding].n = body.n;
    asset->codings |= 1u << coding;
    a->bytes += body.n;
    return 0;
}

int assets_find(const struct assets *a, const char *path, span accept_encoding, span if_none_match,
                struct asset_answer *ret)
{
    if (strcmp(path, "/") == 0)
        path = ASSETS_INDEX;
    const struct asset *asset = map_get(&a->by_path, span_of(path));
    if (asset == NULL || !(asset->codings & 1u << CODING_IDENTITY))
        return ASSETS_NONE;
    enum coding coding = field_coding(accept_encoding, asset->codings);
    *ret = (struct asset_answer){
        .status = 200,
        .type = asset->type,
        .encoding = coding == CODING_IDENTITY ? NULL : coding_names[coding],
        .varies = asset->codings != 1u << CODING_IDENTITY,
        .cache = asset->for_ever ? CACHE_FOR_EVER : CACHE_ASK_AGAIN,
        .tag = span_of(asset->body[coding].tag),
        .body = {asset->body[coding].p, asset->body[coding].n},
    };
    if (if_none_match.p != NULL && field_names_tag(if_none_match, ret->tag, true)) {
        ret->status = 304;
        ret->type = ret->encoding = NULL;
        ret->body = (span){NULL, 0};
    }
    return 0;
}

void asset_head(const struct asset_answer *answer, struct http_head *head)
{
    head->status = answer->status;
    head->type = answer->type;
    head->encoding = answer->encoding;
    head->varies = answer->varies;
    head->cache = answer->cache;
    head->tag = answer->tag;
}
